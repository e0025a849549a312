import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { WebSocket } from 'ws';
import { makeApiDeclarations } from '../../../local/api-gateway/declared.ts';
import { realClock } from '../../../local/core/clock.ts';
import { openContext } from '../../../local/core/context.ts';
import { makeFaultPlan } from '../../../local/core/faults.ts';
import type { CloudClock, FunctionResult, JsonObject, Principal } from '../../../local/core/service.ts';
import { makeTrace } from '../../../local/core/trace.ts';
import { makeWebSocketApi } from '../../../local/websocket-api/index.ts';

/** An event as functions and authorizers get it. */
export interface SocketEvent {
  readonly type?: string;
  readonly methodArn?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly requestContext: {
    readonly routeKey: string;
    readonly eventType: string;
    readonly connectionId: string;
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
    readonly [name: string]: unknown;
  };
}

export interface ApiOptions {
  readonly clock?: CloudClock;
  readonly dataDir?: string;
  readonly stage?: JsonObject;
  readonly routes?: readonly string[];
  readonly routeProperties?: Readonly<Record<string, JsonObject>>;
  readonly routeSelection?: string;
  readonly timeoutMs?: number;
  readonly authorizer?: JsonObject;
  readonly policy?: readonly JsonObject[];
  /** Plays all functions; what it throws is an error of the function. */
  readonly answer?: (event: SocketEvent) => unknown;
}

export const WORKER = 'arn:aws:iam::111122223333:role/worker';
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:fn';
/** A client that keeps what it was told. */
export interface Client {
  readonly socket: WebSocket;
  readonly heard: string[];
  /** Resolves when so many messages were heard. */
  readonly hears: (count: number) => Promise<string[]>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

function clientOf(socket: WebSocket): Client {
  const heard: string[] = [];
  socket.on('message', (data: Buffer) => heard.push(data.toString()));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const hears = async (count: number): Promise<string[]> => {
    while (heard.length < count) await new Promise((resolve) => socket.once('message', resolve));
    return heard.slice(0, count);
  };
  return { socket, heard, hears, closed };
}

/** Connects; the HTTP status instead when the handshake is refused. */
export const connect = (url: string, options: { headers?: Record<string, string>; protocols?: string[] } = {}) =>
  new Promise<Client | number>((resolve, reject) => {
    const socket = new WebSocket(url, options.protocols ?? [], { headers: options.headers ?? {} });
    const client = clientOf(socket);
    socket.once('open', () => resolve(client));
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', reject);
  });

/** A WebSocket API over functions that the test plays. */
export async function webSocketApi(options: ApiOptions = {}) {
  const { answer = () => ({ statusCode: 200 }), clock = realClock, policy = [] } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'oratio-ws-'));
  const { context, keys, store, late } = openContext(dataDir, clock, () => {});
  late.rolePolicies = (name) =>
    name === 'worker'
      ? { roleArn: WORKER, trustPolicy: {}, identityPolicies: [{ Statement: [...policy] }] }
      : undefined;
  const [events, callers, crashed]: [SocketEvent[], string[], Principal[]] = [[], [], []];
  const lambda = {
    invoke: async (_name: string, payload: string, caller?: { sourceArn: string }): Promise<FunctionResult> => {
      const event = JSON.parse(payload) as SocketEvent;
      events.push(event);
      callers.push(caller?.sourceArn ?? '');
      try {
        return { payload: JSON.stringify(await answer(event)) ?? 'null' };
      } catch (error) {
        return { payload: JSON.stringify({ errorMessage: String(error) }), functionError: 'Unhandled' };
      }
    },
  };
  const [apis, faults, trace] = [makeApiDeclarations(), makeFaultPlan(), makeTrace()];
  const api = makeWebSocketApi({
    apis,
    context,
    lambda,
    gateway: {
      keys,
      authorizer: context,
      faults,
      trace,
      clock,
      crashCaller: (who) => crashed.push(who),
      log: () => {},
    },
  });
  const listener = await api.listen(0);
  const declare = async (type: string, logicalId: string, properties: JsonObject) => {
    const provider = apis.providers.find((candidate) => candidate.type === `AWS::ApiGatewayV2::${type}`);
    if (!provider) throw new Error(`Nothing makes ${type}.`);
    const resource = { stackName: 'T', logicalId, physicalName: `T-${logicalId}`, type, properties };
    return provider.ensure({ ...resource, assetPath: () => undefined });
  };
  const made = await declare('Api', 'Api', {
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: options.routeSelection ?? '$request.body.type',
  });
  const ApiId = made.ref;
  await declare('Stage', 'Live', { ApiId, StageName: 'live', AutoDeploy: true, ...options.stage });
  const { ref: integration } = await declare('Integration', 'Fn', {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`,
    ...(options.timeoutMs === undefined ? {} : { TimeoutInMillis: options.timeoutMs }),
  });
  const guard: JsonObject = options.authorizer
    ? {
        AuthorizationType: 'CUSTOM',
        AuthorizerId: (
          await declare('Authorizer', 'Door', {
            ApiId,
            AuthorizerType: 'REQUEST',
            AuthorizerUri: FUNCTION,
            ...options.authorizer,
          })
        ).ref,
      }
    : {};
  for (const RouteKey of options.routes ?? ['$connect', '$disconnect', '$default', 'audio']) {
    const own = { ...(RouteKey === '$connect' ? guard : {}), ...options.routeProperties?.[RouteKey] };
    await declare('Route', RouteKey, { ApiId, RouteKey, Target: `integrations/${integration}`, ...own });
  }
  apis.deployed();
  const endpoint = `http://127.0.0.1:${listener.port}/live`;
  const aws = { endpoint, region: 'us-east-1', credentials: keys.root, maxAttempts: 1 };
  const url = api.url() ?? '';
  return {
    api,
    apiId: ApiId,
    attributes: made.attributes,
    url,
    origin: `ws://127.0.0.1:${listener.port}`,
    events,
    callers,
    crashed,
    faults,
    trace,
    dataDir,
    aws,
    management: new ApiGatewayManagementApiClient(aws),
    as: async (roleArn: string) =>
      new ApiGatewayManagementApiClient({ ...aws, credentials: await keys.credentialsOfRole(roleArn, 'test') }),
    /** Connects and expects to be let in. */
    open: async (path = '', given: Parameters<typeof connect>[1] = {}) => {
      const client = await connect(url + path, given);
      if (typeof client === 'number') throw new Error(`The handshake was refused with ${client}.`);
      const connectionId = events.findLast(({ requestContext }) => requestContext.eventType === 'CONNECT')
        ?.requestContext.connectionId;
      return { ...client, connectionId: connectionId ?? '' };
    },
    stop: async (keepState = false) => {
      await listener.close();
      store.close();
      if (!keepState) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type TestApi = Awaited<ReturnType<typeof webSocketApi>>;

/** Waits for what another process or turn of the loop is about to do. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
