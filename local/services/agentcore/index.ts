import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-bedrock-agentcore';
import { defineSchemaService } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext, type Need, type RawRequest } from '../../core/service.ts';
import { DEFAULT_ENDPOINT, runtimeStoreOf } from '../agentcore-control/runtime-store.ts';
import { notFound, required } from '../bedrock/common.ts';
import { type InvokeDependencies, invoke, relayWebSocket, sessionKeyOf } from './invoke.ts';
import { makeSessions, type SessionSettings } from './sessions.ts';

const DEFAULT_SETTINGS: SessionSettings = { maxProcesses: 24, startTimeoutMs: 30_000 };

/** The permission (and our name) of a WebSocket connection to a runtime's `/ws`. */
const WEB_SOCKET = 'InvokeAgentRuntimeWithWebSocketStream';
const WEB_SOCKET_PATH = /^\/runtimes\/([^/]+)\/ws$/;

export interface EmbeddedAgentCore extends AwsService {
  /** Kills the process that holds the access key, if one does. */
  readonly crash: (accessKeyId: string) => void;
}

/** AgentCore's data plane: runs the zips of runtimes, a process a session. */
export const makeAgentCore = (context: CloudContext, settings: Partial<SessionSettings> = {}): EmbeddedAgentCore => {
  const store = runtimeStoreOf(context);
  const sessions = makeSessions(context, { ...DEFAULT_SETTINGS, ...settings });
  store.onDeletion((runtimeArn) => void sessions.stopRuntime(runtimeArn));
  const dependencies: InvokeDependencies = { context, store, sessions, newSessionId: () => randomUUID() };
  const service = defineSchemaService({
    name: 'bedrock-agentcore',
    signingName: 'bedrock-agentcore',
    client,
    operations: {
      InvokeAgentRuntime: (input) => invoke(dependencies, input),
      StopRuntimeSession: async (input) => {
        required(input.runtimeSessionId, 'runtimeSessionId');
        const key = sessionKeyOf(dependencies, input);
        if (!(await sessions.stop(key))) throw notFound(`Session ${key.sessionId} was not found.`);
        return { runtimeSessionId: key.sessionId, statusCode: 200 };
      },
    },
    needs: (operation, input) => needsOf(operation, input),
    close: sessions.close,
  });
  return {
    ...service,
    claim: (request) => (isWebSocket(request) ? WEB_SOCKET : service.claim(request)),
    needs: (operation, request) =>
      operation === WEB_SOCKET ? needsOf(operation, webSocketAddress(request)) : service.needs(operation, request),
    handle: async (call) => {
      if (call.operation === WEB_SOCKET)
        throw new AwsError('ValidationException', 'A WebSocket handshake is needed.', 426);
      await service.handle(call);
    },
    upgrade: (call, socket, head) =>
      relayWebSocket(dependencies, call, webSocketAddress(call.request), { socket, head }),
    inventory: async () => sessions.list(),
    crash: sessions.crash,
  };
};

const isWebSocket = ({ method, url }: RawRequest): boolean => method === 'GET' && WEB_SOCKET_PATH.test(url.pathname);

const webSocketAddress = ({ url, headers }: RawRequest) => {
  const header = headers['x-amzn-bedrock-agentcore-runtime-session-id'];
  return {
    agentRuntimeArn: decodeURIComponent(WEB_SOCKET_PATH.exec(url.pathname)?.[1] ?? ''),
    qualifier: url.searchParams.get('qualifier') ?? undefined,
    runtimeSessionId:
      url.searchParams.get('X-Amzn-Bedrock-AgentCore-Runtime-Session-Id') ??
      (typeof header === 'string' ? header : undefined),
  };
};

/** Both the runtime and its endpoint must be allowed (AgentCore developer guide, "IAM permissions for AgentCore Runtime"). */
const needsOf = (operation: string, input: { agentRuntimeArn?: string; qualifier?: string | undefined }): Need[] => {
  const action = `bedrock-agentcore:${operation}`;
  const arn = input.agentRuntimeArn ?? '*';
  return [
    { action, resource: arn },
    { action, resource: `${arn}/runtime-endpoint/${input.qualifier ?? DEFAULT_ENDPOINT}` },
  ];
};
