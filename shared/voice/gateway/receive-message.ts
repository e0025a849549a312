import { receiveFromOperator } from '../../live/receive-from-operator.ts';
import { readClientMessage } from '../direct/read-client-message.ts';
import type { ClientMessage, CloseCode } from '../protocol/messages.ts';
import type { ConnectionPeer } from '../stores/voice-session.ts';
import { beginCall, type SessionStart } from './begin-call.ts';
import type { KnownConnection } from './connection-cache.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import { passToOwner } from './pass-to-owner.ts';
import { receiveFromPhone } from './receive-from-phone.ts';
import { resumeCall } from './resume-call.ts';
import type { SocketEvent } from './socket-event.ts';
import { ALREADY_STARTED, dismiss, NOT_STARTED, NOT_TEXT, type Notice, TOO_FAST, tell } from './speak-to-client.ts';
import { take } from './token-bucket.ts';

const MAX_BAD_MESSAGES = 5;

/** One message of a connection. */
export const receiveMessage = async (deps: GatewayDeps, event: SocketEvent): Promise<void> => {
  const { connectionId } = event.requestContext;
  const known = await knownConnection(deps, connectionId);
  // Its row is gone: the connection was closed, or is too old.
  if (known === undefined) return deps.sockets.close(connectionId);
  const { peer } = known.connection;
  // The owner sends pings only, so that its connection is not idle.
  if (peer.kind === 'owner') return undefined;
  const pace = take(known.bucket, deps.clock.now());
  if (peer.kind === 'phone') return pace === 'pass' ? receiveFromPhone(deps, known, event.body ?? '') : undefined;
  if (pace === 'close') return dismiss(deps, connectionId, { ...TOO_FAST, closeCode: 4429 });
  if (pace === 'first-drop') return tell(deps, connectionId, TOO_FAST);
  if (pace === 'drop') return undefined;
  if (event.isBase64Encoded) return dismiss(deps, connectionId, NOT_TEXT);
  const body = event.body ?? '';
  if (peer.kind === 'operator') return receiveFromOperator(deps.operators, watchingOf(known.connection, peer), body);
  if (known.connection.callId !== undefined && isAudioFrame(body)) return passToOwner(deps, known, body);
  return receiveFromClient(deps, known, peer, body);
};

const knownConnection = async (deps: GatewayDeps, connectionId: string): Promise<KnownConnection | undefined> => {
  const known = deps.cache.get(connectionId);
  if (known !== undefined) return known;
  const connection = await deps.connections.find(connectionId);
  return connection === undefined ? undefined : deps.cache.put(connection, deps.clock.now());
};

const watchingOf = (
  { connectionId, expiresAt }: KnownConnection['connection'],
  { userId }: Extract<ConnectionPeer, { kind: 'operator' }>,
) => ({ connectionId, userId, untilMs: expiresAt * 1000 });

/** What nearly every message is, told by its form alone; the owner reads it with the whole schema. Whatever has another form takes the long way. */
const AUDIO_FRAME = /^\{"type":"audio","seq":\d{1,15},"audio":"[A-Za-z0-9+/]{1,8192}={0,2}"\}$/;
const isAudioFrame = (body: string): boolean => body.length <= 8300 && AUDIO_FRAME.test(body);

const receiveFromClient = async (
  deps: GatewayDeps,
  known: KnownConnection,
  peer: Extract<ConnectionPeer, { kind: 'client' }>,
  body: string,
): Promise<void> => {
  const { connectionId } = known.connection;
  const read = readClientMessage(Buffer.from(body), false);
  if (read.kind === 'fatal') {
    return dismiss(deps, connectionId, { ...read.problem, closeCode: (read.problem.closeCode ?? 4400) as CloseCode });
  }
  if (read.kind === 'bad') return refuse(deps, connectionId, read.problem);
  if (read.message.type === 'ping') return answerPing(deps, known, peer, read.message);
  if (read.message.type === 'session.resume') return resumeCall(deps, known, peer, read.message);
  // A process may have cached the connection before another one bound it to its call.
  if (known.connection.callId === undefined) await refresh(deps, known);
  if (known.connection.callId !== undefined) {
    if (read.message.type === 'session.start') return tell(deps, connectionId, ALREADY_STARTED);
    return passToOwner(deps, known, body);
  }
  if (read.message.type === 'session.start') return beginCall(deps, known, peer, read.message);
  if (read.message.type === 'session.end') return deps.sockets.close(connectionId);
  if (read.message.type === 'audio') return undefined;
  if (await isBoundSoon(deps, known)) return passToOwner(deps, known, body);
  return tell(deps, connectionId, NOT_STARTED);
};

/** What ties this connection to its call may be on its way in another invocation: a client need not wait after session.resume. */
const BOUND_WITHIN_MS = [100, 200, 400] as const;

const isBoundSoon = async (deps: GatewayDeps, known: KnownConnection): Promise<boolean> => {
  for (const waitMs of BOUND_WITHIN_MS) {
    await deps.clock.pause(waitMs);
    await refresh(deps, known);
    if (known.connection.callId !== undefined) return true;
  }
  return false;
};

const refresh = async ({ connections }: GatewayDeps, known: KnownConnection): Promise<void> => {
  known.connection = (await connections.find(known.connection.connectionId)) ?? known.connection;
};

const refuse = async (deps: GatewayDeps, connectionId: string, problem: Notice): Promise<void> => {
  const count = await deps.connections.countBadMessage(connectionId);
  if (count <= MAX_BAD_MESSAGES) return tell(deps, connectionId, problem);
  return dismiss(deps, connectionId, { ...problem, closeCode: 4400 });
};

/** Also how a caller keeps a place in the queue: each ping asks for a line again. */
const answerPing = async (
  deps: GatewayDeps,
  known: KnownConnection,
  peer: Extract<ConnectionPeer, { kind: 'client' }>,
  ping: Extract<ClientMessage, { type: 'ping' }>,
): Promise<void> => {
  await tell(deps, known.connection.connectionId, { ...ping, type: 'pong' });
  if (known.connection.callId !== undefined) return;
  if (known.connection.waiting === undefined) await refresh(deps, known);
  const { waiting, callId } = known.connection;
  if (waiting !== undefined && callId === undefined) await beginCall(deps, known, peer, waiting.start as SessionStart);
};
