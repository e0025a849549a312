import { CallId } from '../../calls/call.ts';
import type { ClientMessage } from '../protocol/messages.ts';
import { hashOfToken } from '../stores/session-keys.ts';
import type { ConnectionPeer, VoiceSession } from '../stores/voice-session.ts';
import type { KnownConnection } from './connection-cache.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import { reachOwner } from './pass-to-owner.ts';
import { CALL_OVER, dismiss, WRONG_TOKEN } from './speak-to-client.ts';

type SessionResume = Extract<ClientMessage, { type: 'session.resume' }>;
type Client = Extract<ConnectionPeer, { kind: 'client' }>;

/** Goes on with a call over this connection; the one before, should it still be up, is closed. */
export const resumeCall = async (
  deps: GatewayDeps,
  known: KnownConnection,
  peer: Client,
  message: SessionResume,
): Promise<void> => {
  const { connectionId } = known.connection;
  const callId = CallId.parse(message.callId);
  const session = await deps.sessions.find(callId);
  if (session === undefined || !mayResume(session, peer, message)) return dismiss(deps, connectionId, WRONG_TOKEN);
  if (!(await deps.sessions.attachClient(callId, connectionId))) return dismiss(deps, connectionId, CALL_OVER);
  const former = session.clientConnectionId;
  // Bound only when the owner knows: what the client says next, in another invocation, must not get there before.
  const bound = { ...known, connection: { ...known.connection, callId } };
  await untilReached(deps, bound, JSON.stringify(message));
  await deps.connections.change(connectionId, { callId });
  known.connection = bound.connection;
  known.ownerConnectionId = bound.ownerConnectionId;
  if (former !== undefined && former !== connectionId) await dismiss(deps, former, CALL_OVER);
};

/** An owner that is lost is given time to come back, and then another one is called: as long as that takes together. */
const REACH_TRIES = 20;
const REACH_PAUSE_MS = 400;

/**
 * Who comes back may find nobody, and has nothing more to say until somebody answers: unlike in a call under way, no
 * next message looks for the owner again.
 */
const untilReached = async (deps: GatewayDeps, known: KnownConnection, messageJson: string): Promise<void> => {
  for (let tries = 0; tries < REACH_TRIES; tries += 1) {
    const outcome = await reachOwner(deps, known, messageJson);
    if (outcome !== 'wait' && outcome !== 'at') return;
    await deps.clock.pause(REACH_PAUSE_MS);
  }
};

/** Tokens have 256 random bits and are compared by their hashes: there is nothing to learn from how long it takes. */
const mayResume = (session: VoiceSession, { userId, agentId }: Client, { resumeToken }: SessionResume): boolean =>
  session.userId === userId &&
  session.agentId === agentId &&
  session.resumeTokenHashes.includes(hashOfToken(resumeToken));
