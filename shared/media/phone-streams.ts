import type { CallStore } from '../calls/call-store.ts';
import { MediaStreamMessage } from '../telephony/media-stream.ts';
import type { Telephone } from '../telephony/telephone.ts';
import { type MediaSocket, twilioTransport } from '../telephony/twilio-transport.ts';
import type { OwnerClaim } from '../voice/keeper/call-keeper.ts';
import type { SessionClock } from '../voice/session/clock.ts';
import type { VoiceTransport } from '../voice/session/transport.ts';
import { hashOfToken } from '../voice/stores/session-keys.ts';
import type { SessionStore, TicketStore } from '../voice/stores/session-store.ts';
import type { VoiceSession } from '../voice/stores/voice-session.ts';

export interface PhoneStreamsDeps {
  readonly sessions: Pick<SessionStore, 'find' | 'attachClient' | 'callOwner'>;
  readonly tickets: Pick<TicketStore, 'redeem'>;
  readonly calls: Pick<CallStore, 'transition'>;
  readonly telephone: Telephone;
  /** Owns the call from claim to end. */
  readonly own: (call: {
    readonly claim: OwnerClaim;
    readonly session: VoiceSession;
    readonly transport: VoiceTransport;
  }) => Promise<void>;
  readonly clock: SessionClock;
  /** Names the connection of a call to this process. */
  readonly newId: () => string;
  readonly secret: () => string;
}

/** The provider's own frames: nobody is paid by the message here. */
const FRAME_MS = 20;
/** Enough against the jitter of the way to the provider. */
const LEAD_MS = 200;
/** Twilio says `start` right after the handshake. */
const START_WITHIN_MS = 10_000;

/** Takes a media stream from its first message to its end; one that shows no good token is closed. */
export const phoneStream =
  (deps: PhoneStreamsDeps) =>
  async (socket: MediaSocket): Promise<void> => {
    const { clock, telephone } = deps;
    const messages = socket.messages[Symbol.asyncIterator]();
    const begun = await beginning(deps, messages, socket);
    if (begun === undefined) return socket.close();
    const { session, streamSid, claim } = begun;
    const rest = { ...socket, messages: { [Symbol.asyncIterator]: () => messages } };
    const { callId, userId, nextUrl } = session;
    const transport = twilioTransport({
      socket: rest,
      clock,
      streamSid,
      hangUp: () => telephone.hangUp({ callId, userId }),
      putThrough: () => telephone.putThrough({ callId, userId, nextUrl }),
      frameMs: FRAME_MS,
      leadMs: LEAD_MS,
    });
    await deps.own({ claim, session, transport });
  };

interface Begun {
  readonly session: VoiceSession;
  readonly streamSid: string;
  readonly claim: OwnerClaim;
}

/** Whose call it is: the token of `start` tells, once. */
const beginning = async (
  deps: PhoneStreamsDeps,
  messages: AsyncIterator<unknown>,
  socket: MediaSocket,
): Promise<Begun | undefined> => {
  const heard = new AbortController();
  deps.clock.sleep(START_WITHIN_MS, heard.signal).then(
    () => socket.close(),
    () => undefined,
  );
  try {
    for (let next = await messages.next(); !next.done; next = await messages.next()) {
      const message = MediaStreamMessage.safeParse(next.value).data;
      if (message?.event === 'start') return await bind(deps, message);
    }
    return undefined;
  } finally {
    heard.abort(new Error('The stream has begun, or ended.'));
  }
};

const bind = async (
  { sessions, tickets, calls, clock, newId, secret }: PhoneStreamsDeps,
  { streamSid, start: { customParameters, callSid } }: Extract<MediaStreamMessage, { event: 'start' }>,
): Promise<Begun | undefined> => {
  const { token } = customParameters;
  const grant = token === undefined ? undefined : await tickets.redeem(hashOfToken(token), clock.now());
  if (grant?.kind !== 'phone') return undefined;
  const { callId } = grant;
  const session = await sessions.find(callId);
  if (session === undefined || !(await sessions.attachClient(callId, newId(), streamSid))) return undefined;
  await calls.transition({ userId: session.userId, callId }, 'admit', { callSid });
  const ownerToken = secret();
  const epoch = session.epoch + 1;
  const claim = { callId, epoch, ownerToken };
  const called = {
    callId,
    epoch,
    tokenHash: hashOfToken(ownerToken),
    cause: session.epoch === 0 ? 'start' : 'return',
    calledAtMs: clock.now(),
  } as const;
  return (await sessions.callOwner(called)) ? { session, streamSid, claim } : undefined;
};
