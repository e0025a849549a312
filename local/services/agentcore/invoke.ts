import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type * as client from '@aws-sdk/client-bedrock-agentcore';
import type { InputOf } from '../../core/schema-service.ts';
import type { Call, CloudContext } from '../../core/service.ts';
import {
  DEFAULT_ENDPOINT,
  liveVersionOf,
  type RuntimeStore,
  type StoredRuntime,
} from '../agentcore-control/runtime-store.ts';
import { conflict, notFound, required, validation } from '../bedrock/common.ts';
import { runtimeClientError, send } from './session-process.ts';
import type { SessionKey, Sessions } from './sessions.ts';

export interface InvokeDependencies {
  readonly context: CloudContext;
  readonly store: RuntimeStore;
  readonly sessions: Sessions;
  readonly newSessionId: () => string;
}

/** Limits of `InvokeAgentRuntime` (AgentCore API reference, 2026-11). */
const LARGEST_PAYLOAD_BYTES = 100 * 1024 * 1024;
const SHORTEST_SESSION_ID = 33;
const LONGEST_SESSION_ID = 256;
const SESSION_HEADER = 'x-amzn-bedrock-agentcore-runtime-session-id';
const USER_HEADER = 'x-amzn-bedrock-agentcore-runtime-user-id';

interface Addressed {
  readonly agentRuntimeArn?: string | undefined;
  readonly qualifier?: string | undefined;
  readonly runtimeSessionId?: string | undefined;
}

/** Session key of a request. Throws `ValidationException`, `ResourceNotFoundException`. */
export const sessionKeyOf = ({ store, newSessionId }: InvokeDependencies, input: Addressed): SessionKey => {
  const sessionId = input.runtimeSessionId ?? newSessionId();
  if (sessionId.length < SHORTEST_SESSION_ID || sessionId.length > LONGEST_SESSION_ID) {
    throw validation(
      `1 validation error detected: Value at 'runtimeSessionId' failed to satisfy constraint: Member must have length between ${SHORTEST_SESSION_ID} and ${LONGEST_SESSION_ID}`,
    );
  }
  const runtime = runtimeOf(store, required(input.agentRuntimeArn, 'agentRuntimeArn'));
  return { runtime, qualifier: input.qualifier ?? DEFAULT_ENDPOINT, sessionId };
};

/** A runtime may be named by its ARN or its id. */
const runtimeOf = (store: RuntimeStore, arnOrId: string): StoredRuntime => {
  const runtime = store.runtimes().find(({ arn, id }) => arn === arnOrId || id === arnOrId);
  if (runtime === undefined || runtime.goneAt !== undefined) {
    throw notFound(`No endpoint or agent found with qualifier for agent ${arnOrId}.`);
  }
  return runtime;
};

/** Starts or finds the session of an endpoint's live version. */
const useSession = ({ store, sessions, context }: InvokeDependencies, key: SessionKey) => {
  const endpoint = store.requireEndpoint(key.runtime.id, key.qualifier);
  const now = context.clock.now();
  const isNew = endpoint.formerVersion === undefined;
  if (endpoint.goneAt !== undefined || (isNew && endpoint.readyAt > now)) {
    throw conflict(`Endpoint ${endpoint.name} of agent runtime ${key.runtime.id} is not ready.`);
  }
  return sessions.use(key, store.requireVersion(key.runtime.id, liveVersionOf(endpoint, now)));
};

/** Hands the payload to the runtime's `/invocations`; the answer streams through as the runtime writes it. */
export const invoke = async (dependencies: InvokeDependencies, input: InputOf<typeof client, 'InvokeAgentRuntime'>) => {
  const payload = Buffer.from((input.payload as Uint8Array | undefined) ?? []);
  if (payload.length > LARGEST_PAYLOAD_BYTES) throw validation('The payload exceeds the limit of 100 MB.');
  const key = sessionKeyOf(dependencies, input);
  const session = await useSession(dependencies, key);
  try {
    const answer = await send(session.process.port, {
      method: 'POST',
      path: '/invocations',
      headers: invocationHeaders(input, key.sessionId, payload.length),
      body: payload,
    }).catch(async (error: Error) => {
      // It broke off without an answer: it is ending or unusable, and the next request shall get a fresh process.
      await dependencies.sessions.stop(key);
      throw runtimeClientError(`The runtime did not answer: ${error.message}`);
    });
    answer.once('close', session.release);
    if (answer.statusCode !== 200) {
      answer.resume();
      throw runtimeClientError(
        `Received error (${answer.statusCode}) from runtime. Please check your log for more information.`,
      );
    }
    return {
      runtimeSessionId: key.sessionId,
      contentType: answer.headers['content-type'] ?? 'application/json',
      statusCode: 200,
      response: answer,
    };
  } catch (error) {
    session.release();
    throw error;
  }
};

const invocationHeaders = (
  input: InputOf<typeof client, 'InvokeAgentRuntime'>,
  sessionId: string,
  length: number,
): IncomingHttpHeaders => ({
  'content-type': input.contentType ?? 'application/json',
  'content-length': String(length),
  accept: input.accept ?? 'application/json, text/event-stream',
  [SESSION_HEADER]: sessionId,
  ...(input.runtimeUserId !== undefined && { [USER_HEADER]: input.runtimeUserId }),
});

/** Hands a WebSocket connection to the runtime's `/ws`, byte for byte from the handshake on. */
export const relayWebSocket = async (
  dependencies: InvokeDependencies,
  { request }: Call,
  address: Addressed,
  { socket, head }: { socket: Duplex; head: Buffer },
): Promise<void> => {
  const key = sessionKeyOf(dependencies, address);
  const session = await useSession(dependencies, key);
  const upstream = connect(session.process.port, '127.0.0.1');
  const handshake = Object.entries(request.headers)
    .filter(([name]) => /^(connection|upgrade|sec-websocket-.*)$/.test(name))
    .map(([name, value]) => `${name}: ${String(value)}`);
  const lines = [
    'GET /ws HTTP/1.1',
    `host: 127.0.0.1:${session.process.port}`,
    ...handshake,
    `${SESSION_HEADER}: ${key.sessionId}`,
  ];
  upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
  upstream.write(head);
  upstream.pipe(socket).pipe(upstream);
  const end = () => {
    upstream.destroy();
    socket.destroy();
  };
  socket.once('error', end).once('close', end);
  upstream.once('error', end).once('close', () => {
    session.release();
    end();
  });
};
