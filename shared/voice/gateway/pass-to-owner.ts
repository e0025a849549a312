import type { CallId } from '../../calls/call.ts';
import { hashOfToken } from '../stores/session-keys.ts';
import type { VoiceSession } from '../stores/voice-session.ts';
import type { KnownConnection } from './connection-cache.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import { CALL_OVER, dismiss } from './speak-to-client.ts';
import { searchOwner } from './takeover.ts';

/** The message as it came, in JSON: an audio frame is not written anew. */
export const envelopeOf = (connectionId: string, atMs: number, messageJson: string): string =>
  `{"connectionId":${JSON.stringify(connectionId)},"atMs":${atMs},"message":${messageJson}}`;

/**
 * Passes a message of a caller to the owner of the call. As long as the owner stays where it was found last, no table
 * is read. Where it is lost, this very message's sender calls another one into being.
 */
export const passToOwner = async (deps: GatewayDeps, known: KnownConnection, messageJson: string): Promise<void> => {
  const { connectionId, callId } = known.connection;
  if (callId === undefined) return;
  const envelope = envelopeOf(connectionId, deps.clock.now(), messageJson);
  const tried = known.ownerConnectionId;
  if (tried !== undefined && (await deps.sockets.post(tried, envelope)) === 'sent') return;
  known.ownerConnectionId = undefined;
  const session = await deps.sessions.find(callId);
  await notePosition(deps, session, tried);
  const found = searchOwner(session, tried, deps.clock.now());
  // A phone understands no problems: anything but its own messages is an error there.
  if (found.outcome === 'over' && known.connection.peer.kind === 'phone') await deps.sockets.close(connectionId);
  else if (found.outcome === 'over') await dismiss(deps, connectionId, CALL_OVER);
  if (found.outcome === 'call' && session !== undefined) await callOwner(deps, session, found);
  if (found.outcome === 'at' && (await deps.sockets.post(found.connectionId, envelope)) === 'sent') {
    known.ownerConnectionId = found.connectionId;
  }
};

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
