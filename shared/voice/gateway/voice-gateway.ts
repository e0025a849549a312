import type { CallId } from '../../calls/call.ts';
import type { VoiceSession } from '../stores/voice-session.ts';
import { authorizeConnection } from './authorize-connection.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import { callOwner, reachOwner } from './pass-to-owner.ts';
import { receiveMessage } from './receive-message.ts';
import { type SocketAnswer, SocketEvent } from './socket-event.ts';
import { RETURN_WITHIN_MS, searchOwner } from './takeover.ts';

/** API Gateway closes every connection after two hours. */
const CONNECTION_SECONDS = 2 * 3600;

const OK: SocketAnswer = { statusCode: 200 };

/**
 * Everything that comes over the WebSocket API: lets in, passes on, notices who is gone. At `$connect` the status
 * becomes that of the handshake (401 unknown credential, 403 lacks the scope, 404 no such agent, 409 not active);
 * afterwards a failure is told in a `problem` message.
 */
export const voiceGateway =
  (deps: GatewayDeps) =>
  async (raw: unknown): Promise<SocketAnswer> => {
    const event = SocketEvent.parse(raw);
    const { eventType, connectionId } = event.requestContext;
    try {
      if (eventType === 'CONNECT') return await connect(deps, event);
      if (eventType === 'DISCONNECT') await disconnect(deps, connectionId);
      else await receiveMessage(deps, event);
      return OK;
    } catch (error) {
      deps.log('voice.gateway.failed', { connectionId, eventType }, error);
      return { statusCode: 500 };
    }
  };

const connect = async (deps: GatewayDeps, event: SocketEvent): Promise<SocketAnswer> => {
  const { connectionId } = event.requestContext;
  const authorized = await authorizeConnection(deps, event);
  if ('status' in authorized) return { statusCode: authorized.status };
  const { peer } = authorized;
  if (peer.kind === 'owner' && !(await deps.sessions.attachOwner(peer, connectionId))) return { statusCode: 409 };
  const expiresAt = Math.ceil(deps.clock.now() / 1000) + CONNECTION_SECONDS;
  const connection = { connectionId, peer, badMessages: 0, expiresAt };
  await deps.connections.connect(connection);
  deps.cache.put(connection, deps.clock.now());
  return OK;
};

const disconnect = async (deps: GatewayDeps, connectionId: string): Promise<void> => {
  const known = deps.cache.get(connectionId);
  deps.cache.forget(connectionId);
  const connection = await deps.connections.disconnect(connectionId);
  if (connection === undefined) return;
  if (connection.peer.kind === 'operator') {
    const { userId } = connection.peer;
    return deps.operators.watches.forget({ connectionId, userId }, [...(connection.watching ?? [])]);
  }
  if (connection.peer.kind === 'owner') return ownerLeft(deps, connection.peer.callId, connectionId);
  if (connection.callId === undefined) return;
  const session = await deps.sessions.find(connection.callId);
  // Another connection of the same caller may have taken its place.
  if (session?.clientConnectionId !== connectionId || session.status === 'ended') return;
  if (session.claimedEpoch === 0 && (await leftUnheard(deps, session))) return;
  const caller = { bucket: { tokens: 0, atMs: 0, dropped: 0 }, ...known };
  const ownerConnectionId = known?.ownerConnectionId ?? session.ownerConnectionId;
  const left = () => reachOwner(deps, { ...caller, connection, ownerConnectionId }, '{"type":"disconnected"}');
  if ((await left()) !== 'wait') return;
  // Nobody will ask again on behalf of this caller: an owner that is lost now is replaced now, to close the record.
  await deps.clock.pause(RETURN_WITHIN_MS);
  await left();
};

/** Nobody can resume a call that no owner has answered: nobody was told its token. */
const leftUnheard = ({ sessions, clock }: GatewayDeps, { callId, userId }: VoiceSession): Promise<boolean> => {
  const failure = 'The caller left before the call was answered.';
  return sessions.abandon({ callId, userId }, { reason: 'client-gone', failure, nowMs: clock.now() });
};

/** Callers may be silent: whether the owner comes back is looked at here, not only when somebody speaks. */
const ownerLeft = async (deps: GatewayDeps, callId: CallId, connectionId: string): Promise<void> => {
  await deps.sessions.detachOwner(callId, connectionId, deps.clock.now());
  if ((await deps.sessions.find(callId))?.ownerConnectionId !== connectionId) return;
  await deps.clock.pause(RETURN_WITHIN_MS);
  const session = await deps.sessions.find(callId);
  const found = searchOwner(session, connectionId, deps.clock.now());
  if (found.outcome === 'call') await callOwner(deps, { callId }, found);
};
