import type { CallId } from '../../calls/call.ts';
import { hashOfToken } from '../stores/session-keys.ts';
import type { VoiceSession } from '../stores/voice-session.ts';
import type { KnownConnection } from './connection-cache.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import { CALL_OVER, dismiss, NO_OWNER } from './speak-to-client.ts';
import { type OwnerSearch, searchOwner } from './takeover.ts';

/** The message as it came, in JSON: an audio frame is not written anew. */
const envelopeOf = (connectionId: string, atMs: number, messageJson: string): string =>
  `{"connectionId":${JSON.stringify(connectionId)},"atMs":${atMs},"message":${messageJson}}`;

/**
 * Passes a message of a caller to the owner of the call. As long as the owner stays where it was found last, no table
 * is read. Where it is lost, this very message's sender calls another one into being; or ends the call, when several
 * were called and none came.
 */
export const passToOwner = async (deps: GatewayDeps, known: KnownConnection, messageJson: string): Promise<void> => {
  await reachOwner(deps, known, messageJson);
};

/** As `passToOwner`; gives what became of the message. */
export const reachOwner = async (
  deps: GatewayDeps,
  known: KnownConnection,
  messageJson: string,
): Promise<'sent' | OwnerSearch['outcome']> => {
  const { connectionId, callId } = known.connection;
  if (callId === undefined) return 'over';
  const envelope = envelopeOf(connectionId, deps.clock.now(), messageJson);
  const tried = known.ownerConnectionId;
  if (tried !== undefined && (await deps.sockets.post(tried, envelope)) === 'sent') return 'sent';
  known.ownerConnectionId = undefined;
  const session = await deps.sessions.find(callId);
  await notePosition(deps, session, tried);
  const found = searchOwner(session, tried, deps.clock.now());
  // A phone understands no problems: anything but its own messages is an error there.
  if (found.outcome === 'over' && known.connection.peer.kind === 'phone') await deps.sockets.close(connectionId);
  else if (found.outcome === 'over') await sendAway(deps, known, CALL_OVER);
  if (found.outcome === 'call' && session !== undefined) await callOwner(deps, session, found);
  if (found.outcome === 'give-up' && session !== undefined) await giveUp(deps, known, session);
  if (found.outcome !== 'at') return found.outcome;
  // Also where it did not answer: the next message tries it first, and one that is down is noted then.
  known.ownerConnectionId = found.connectionId;
  return (await postToFound(deps, found.connectionId, envelope)) === 'sent' ? 'sent' : 'at';
};

/** `$connect` writes down where an owner is, and only then returns. */
const SETTLED_AFTER_MS = 200;

/** A connection whose `$connect` has not returned yet answers 410 like one that is down: one that was just found gets a second chance. */
const postToFound = async (
  { sockets, clock }: Pick<GatewayDeps, 'sockets' | 'clock'>,
  connectionId: string,
  envelope: string,
): Promise<'sent' | 'gone'> => {
  if ((await sockets.post(connectionId, envelope)) === 'sent') return 'sent';
  await clock.pause(SETTLED_AFTER_MS);
  return sockets.post(connectionId, envelope);
};

/** Ends a call that nobody comes for, unless somebody has come in this very moment. */
const giveUp = async (deps: GatewayDeps, known: KnownConnection, session: VoiceSession): Promise<void> => {
  const nowMs = deps.clock.now();
  // An owner that still renews its lease lives, though nobody can reach it now.
  if (session.leaseUntilMs > nowMs) return;
  const { callId, userId, claimedEpoch, leaseUntilMs } = session;
  const lost = { claimedEpoch, leaseUntilMs };
  const failure = 'Nobody could be found to take the call.';
  if (!(await deps.sessions.abandon({ callId, userId, lost }, { reason: 'failed', failure, nowMs }))) return;
  deps.log('voice.owner.not-called', { callId, epoch: session.epoch });
  await sendAway(deps, known, NO_OWNER);
};

/** A phone understands no problems. */
const sendAway = (
  deps: GatewayDeps,
  { connection: { connectionId, peer } }: KnownConnection,
  problem: Parameters<typeof dismiss>[2],
): Promise<void> => (peer.kind === 'phone' ? deps.sockets.close(connectionId) : dismiss(deps, connectionId, problem));

/** A connection that answered 410 is down, though API Gateway may tell so later or never. */
const notePosition = async (
  { sessions, clock }: GatewayDeps,
  session: VoiceSession | undefined,
  tried: string | undefined,
): Promise<void> => {
  const isNews = session?.ownerConnectionId === tried && session?.ownerLostAtMs === undefined;
  if (session !== undefined && tried !== undefined && isNews) {
    await sessions.detachOwner(session.callId, tried, clock.now());
  }
};

/** Calls an owner into being; of several who try at once, one does. */
export const callOwner = async (
  deps: Pick<GatewayDeps, 'sessions' | 'owners' | 'clock' | 'ids' | 'log'>,
  { callId }: { readonly callId: CallId },
  { epoch, cause }: { readonly epoch: number; readonly cause: VoiceSession['cause'] },
): Promise<boolean> => {
  const ownerToken = deps.ids.secret();
  const call = { callId, epoch, tokenHash: hashOfToken(ownerToken), cause, calledAtMs: deps.clock.now() };
  if (!(await deps.sessions.callOwner(call))) return false;
  await deps.owners.summon({ callId, epoch, ownerToken });
  if (cause === 'takeover') deps.log('voice.owner.replaced', { callId, epoch });
  return true;
};
