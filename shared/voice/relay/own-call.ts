import * as z from 'zod';
import { type Call, CallId } from '../../calls/call.ts';
import type { Log } from '../../kernel/log.ts';
import type { Telephone } from '../../telephony/telephone.ts';
import { twilioTransport } from '../../telephony/twilio-transport.ts';
import type { CallKeeper, OwnerClaim } from '../keeper/call-keeper.ts';
import { RELAY_WINDOW_BOUNDS } from '../protocol/frame-window.ts';
import type { SessionClock } from '../session/clock.ts';
import type { SessionDependencies, SessionOutcome } from '../session/session-ports.ts';
import type { VoiceTransport } from '../session/transport.ts';
import { hashOfToken } from '../stores/session-keys.ts';
import type { SessionStore, TicketStore } from '../stores/session-store.ts';
import type { VoiceSession } from '../stores/voice-session.ts';
import type { SocketConnections } from './connections-apigateway.ts';
import { openOwnerLink } from './owner-link.ts';
import type { OwnerSocket, OwnerSocketEvents } from './owner-socket-ws.ts';
import { type RecordingStore, wavRecorder } from './recorder.ts';
import { relayMediaSocket } from './relay-media-socket.ts';
import { relayTransport } from './relay-transport.ts';

const Summons = z.object({ callId: CallId, epoch: z.int().positive(), ownerToken: z.string().min(1).max(256) });

/** The engines of one call and their prices; made anew for each. */
export interface Voices {
  readonly engines: SessionDependencies['engines'];
  readonly pricing: (direction: Call['direction']) => SessionDependencies['pricing'];
}

export interface OwnCallDeps {
  readonly voices: () => Voices;
  readonly brain: SessionDependencies['brain'];
  readonly sessions: Pick<SessionStore, 'find'>;
  readonly tickets: Pick<TicketStore, 'issue'>;
  readonly sockets: SocketConnections;
  readonly keeper: (claim: OwnerClaim) => CallKeeper;
  /** Dials the WebSocket API with a one-time ticket of an owner. */
  readonly dial: (ticket: string, events: OwnerSocketEvents) => Promise<OwnerSocket>;
  readonly recordings: RecordingStore;
  readonly telephone: Telephone;
  readonly run: (deps: SessionDependencies) => Promise<SessionOutcome>;
  readonly clock: SessionClock;
  readonly secret: () => string;
  readonly log: Log;
}

/** The context Lambda gives to an invocation, as far as it is used. */
export interface OwnerContext {
  readonly getRemainingTimeInMillis: () => number;
}

/** A one-time ticket is used at once. */
const TICKET_MS = 30_000;
/** Each message to the phone is paid for: longer ones than the provider's own 20 ms. Far enough ahead for the jitter of a Lambda's posts. */
const PHONE_FRAME_MS = 100;
const PHONE_LEAD_MS = 300;

/**
 * Owns one call for one invocation: claims it, dials the WebSocket API, speaks until the call ends or is handed to a
 * successor. A summons that comes twice finds the call claimed, and ends at once.
 */
export const ownCall =
  (deps: OwnCallDeps) =>
  async (event: unknown, context: OwnerContext): Promise<{ readonly how: SessionOutcome['how'] }> => {
    const { callId, epoch, ownerToken } = Summons.parse(event);
    const { clock, log } = deps;
    const claim = { callId, epoch, ownerToken };
    const session = await deps.sessions.find(callId);
    const { engines, pricing } = deps.voices();
    const outcome = await deps.run({
      callId,
      epoch,
      keeper: deps.keeper(claim),
      connect: () => connect(deps, { callId, epoch }, session?.ownerConnectionId),
      engines,
      brain: deps.brain,
      pricing: pricing(session?.direction ?? 'inbound'),
      openRecorder: (recording) => wavRecorder(deps.recordings, { ...recording, nowMs: clock.now() }),
      clock,
      log,
      signal: new AbortController().signal,
      deadlineMs: clock.now() + context.getRemainingTimeInMillis(),
    });
    if (outcome.how === 'fenced') log('voice.session.fenced', { callId, epoch });
    return { how: outcome.how };
  };

interface Owner {
  readonly callId: CallId;
  readonly epoch: number;
}

/** The line to the caller of a call that this owner has claimed. */
const connect = async (
  deps: OwnCallDeps,
  owner: Owner,
  formerConnectionId: string | undefined,
): Promise<VoiceTransport> => {
  const session = await deps.sessions.find(owner.callId);
  if (session === undefined) throw new Error(`The session of call ${owner.callId} is gone.`);
  const late: { closeLink: () => void } = { closeLink: () => undefined };
  const end = session.transport === 'twilio' ? phoneEnd(deps, session, late) : browserEnd(deps, session, owner, late);
  const link = await openOwnerLink(
    { dial: (events) => dial(deps, owner, events), clock: deps.clock },
    { envelope: end.hear, lost: end.lost },
  );
  late.closeLink = link.close;
  // The owner before is fenced; while its connection is up the gateway would go on passing the caller's words to it.
  if (formerConnectionId !== undefined) await deps.sockets.close(formerConnectionId).catch(() => undefined);
  return end.transport;
};

const dial = async (deps: OwnCallDeps, owner: Owner, events: OwnerSocketEvents): Promise<OwnerSocket> => {
  const ticket = deps.secret();
  await deps.tickets.issue(hashOfToken(ticket), { kind: 'owner', ...owner }, deps.clock.now() + TICKET_MS);
  return deps.dial(ticket, events);
};

type Late = { readonly closeLink: () => void };

/** Wishes of a client that has told none: it came by the direct path. */
const DEFAULT_RATES = { inputSampleRateHertz: 16_000, outputSampleRateHertz: 24_000 };

const browserEnd = ({ sockets, clock }: OwnCallDeps, session: VoiceSession, { epoch }: Owner, late: Late) => {
  const { inputSampleRateHertz, outputSampleRateHertz } = session.checkpoint?.client ?? session.client ?? DEFAULT_RATES;
  const transport = relayTransport({
    sockets,
    clock,
    clientConnectionId: session.clientConnectionId,
    inputSampleRateHertz,
    outputSampleRateHertz,
    epoch,
    closeLink: () => late.closeLink(),
  });
  return { transport, hear: transport.hear, lost: transport.lost };
};

const phoneEnd = ({ sockets, clock, telephone }: OwnCallDeps, session: VoiceSession, late: Late) => {
  const { clientConnectionId, streamSid, callId, userId, nextUrl } = session;
  if (clientConnectionId === undefined || streamSid === undefined) {
    throw new Error(`The phone of call ${callId} has no stream.`);
  }
  const closeLink = () => late.closeLink();
  const socket = relayMediaSocket({ sockets, connectionId: clientConnectionId, closeLink });
  const transport = twilioTransport({
    socket,
    clock,
    streamSid,
    hangUp: () => telephone.hangUp({ callId, userId }),
    putThrough: () => telephone.putThrough({ callId, userId, nextUrl }),
    frameMs: PHONE_FRAME_MS,
    leadMs: PHONE_LEAD_MS,
    window: RELAY_WINDOW_BOUNDS,
  });
  return { transport, hear: socket.hear, lost: socket.lost };
};
