import { MediaStreamMessage } from '../../telephony/media-stream.ts';
import { hashOfToken } from '../stores/session-keys.ts';
import type { KnownConnection } from './connection-cache.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import { callOwner, passToOwner } from './pass-to-owner.ts';

type StreamStart = Extract<MediaStreamMessage, { event: 'start' }>;

/** A message of the telephone provider's media stream: the first one says by its token whose call it is. */
export const receiveFromPhone = async (deps: GatewayDeps, known: KnownConnection, body: string): Promise<void> => {
  if (known.connection.callId !== undefined && isMediaFrame(body)) return passToOwner(deps, known, body);
  const message = parsed(body);
  if (message === undefined || message.event === 'connected') return;
  if (message.event === 'start') return beginStream(deps, known, message);
  if (known.connection.callId === undefined) {
    known.connection = (await deps.connections.find(known.connection.connectionId)) ?? known.connection;
  }
  await passToOwner(deps, known, body);
};

/** Told by its form alone; the owner reads it with the whole schema. */
const isMediaFrame = (body: string): boolean => body.length < 20_000 && body.startsWith('{"event":"media",');

const parsed = (body: string): MediaStreamMessage | undefined => {
  try {
    return MediaStreamMessage.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
};

/** Ties the stream to the call that was opened when the phone rang, or that comes back from a person; calls its owner. */
const beginStream = async (deps: GatewayDeps, known: KnownConnection, message: StreamStart): Promise<void> => {
  const { connectionId } = known.connection;
  const { token } = message.start.customParameters;
  const grant = token === undefined ? undefined : await deps.tickets.redeem(hashOfToken(token), deps.clock.now());
  if (grant?.kind !== 'phone') return deps.sockets.close(connectionId);
  const { callId } = grant;
  const session = await deps.sessions.find(callId);
  if (session === undefined || !(await deps.sessions.attachClient(callId, connectionId, message.streamSid))) {
    return deps.sockets.close(connectionId);
  }
  await deps.connections.change(connectionId, { callId });
  known.connection = { ...known.connection, callId };
  // An outbound call is ringing until its stream comes; any other is starting already.
  await deps.calls.transition({ userId: session.userId, callId }, 'admit', { callSid: message.start.callSid });
  try {
    await callOwner(deps, { callId }, { epoch: session.epoch + 1, cause: session.epoch === 0 ? 'start' : 'return' });
  } catch (error) {
    deps.log('voice.owner.not-called', { callId }, error);
    const failure = 'Nobody could be found to take the call.';
    const end = { reason: 'failed' as const, failure, nowMs: deps.clock.now() };
    const { userId, claimedEpoch, leaseUntilMs } = session;
    await deps.sessions.abandon({ callId, userId, lost: { claimedEpoch, leaseUntilMs } }, end);
    await deps.sockets.close(connectionId);
  }
};
