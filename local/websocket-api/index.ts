import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type AccessLog, openAccessLog } from '../api-gateway/access-log.ts';
import { callFunction } from '../api-gateway/call-function.ts';
import type { ApiDeclarations, ApiStage } from '../api-gateway/declared.ts';
import { makeRequestAuthorizers, type RequestAuthorizers } from '../api-gateway/request-authorizer.ts';
import { makeThrottle, type Throttle } from '../api-gateway/throttle.ts';
import { Gateway, type GatewayDependencies } from '../core/gateway.ts';
import { type Listener, listen, refuseUpgrade } from '../core/listener.ts';
import type { CloudContext, LambdaService } from '../core/service.ts';
import { type Closed, Connection, type ConnectionFacts } from './connection.ts';
import { deliverMessage } from './deliver-message.ts';
import { disconnectEvent, newGatewayId } from './event.ts';
import { MESSAGE_LIMIT_BYTES, makeFrameMeter } from './frame-meter.ts';
import { type Handshake, shakeHands } from './handshake.ts';
import { makeManagement } from './management.ts';
import { type MessageFaults, makeMessageFaults } from './message-faults.ts';
import { readWebSocketApi, type WebSocketApi } from './websocket-api.ts';

export interface WebSocketApiDependencies {
  readonly apis: ApiDeclarations;
  readonly context: Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'dataDir' | 'log'>;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  /** What signs, permits, faults and traces the requests to `@connections`. */
  readonly gateway: Omit<GatewayDependencies, 'services'>;
}

export interface EmbeddedWebSocketApi {
  /** Faults of single messages, for tests. */
  readonly faults: MessageFaults;
  /** Listens on a loopback port. Closing it ends all connections without a word, as the end of the machine would. */
  readonly listen: (port: number) => Promise<Listener>;
  /** `ws://127.0.0.1:PORT/{stage}` of the first stage; undefined when the template has none. */
  readonly url: () => string | undefined;
}

/** The WebSocket API of the template on a port of its own, with `@connections`. */
class WebSocketApiServer {
  readonly faults = makeMessageFaults();
  readonly connections = new Map<string, Connection>();
  readonly #dependencies: WebSocketApiDependencies;
  readonly #authorizers: RequestAuthorizers;
  readonly #admits: Throttle = makeThrottle(() => performance.now());
  readonly #accessLog: AccessLog;
  readonly #protocols = new WeakMap<IncomingMessage, string>();
  readonly #sockets: WebSocketServer;
  #api: WebSocketApi | undefined;

  constructor(dependencies: WebSocketApiDependencies) {
    this.#dependencies = dependencies;
    this.#authorizers = makeRequestAuthorizers(dependencies);
    this.#accessLog = openAccessLog(dependencies.context.dataDir, 'websocket-api');
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // The meter of frames comes first; this one bounds what a client sends after it was told to stop.
      maxPayload: MESSAGE_LIMIT_BYTES,
      handleProtocols: (_offered, incoming) => this.#protocols.get(incoming) ?? false,
    });
  }

  get api(): WebSocketApi | undefined {
    this.#api ??= readWebSocketApi(this.#dependencies.apis);
    return this.#api;
  }

  readonly #arnOf = (facts: ConnectionFacts, routeKey: string): string => {
    const { region, accountId } = this.#dependencies.context;
    return `arn:aws:execute-api:${region}:${accountId}:${this.api?.apiId ?? '-'}/${facts.stage.name}/${routeKey}`;
  };

  async upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const { api } = this;
    const [, name = ''] = /^\/([^/?]+)\/?(?:\?|$)/.exec(incoming.url ?? '') ?? [];
    const stage = api?.stages.get(name);
    const facts = this.#factsOf(incoming, stage ?? { name });
    const handshake = api && stage ? await this.#decide(api, facts, incoming) : { status: 403, message: 'Forbidden' };
    if ('status' in handshake) {
      const { status, message } = handshake;
      this.#tell('CONNECT', facts, { status });
      refuseUpgrade(socket, status, { message, connectionId: facts.connectionId, requestId: newGatewayId() });
      return;
    }
    this.#accept(handshake, incoming, socket, head);
  }

  #factsOf({ headers, socket }: IncomingMessage, stage: ApiStage): ConnectionFacts {
    return {
      connectionId: newGatewayId(),
      stage,
      connectedAtMs: this.#dependencies.context.clock.now(),
      domainName: headers.host ?? '127.0.0.1',
      sourceIp: socket.remoteAddress ?? '127.0.0.1',
      ...(headers['user-agent'] === undefined ? {} : { userAgent: headers['user-agent'] }),
    };
  }

  #decide(api: WebSocketApi, facts: ConnectionFacts, incoming: IncomingMessage): Promise<Handshake> {
    const { lambda, context } = this.#dependencies;
    if (!this.#admits(facts.stage, '$connect')) {
      return Promise.resolve({ status: 429, message: 'Too Many Requests' });
    }
    const authorizers = this.#authorizers;
    return shakeHands({ api, authorizers, lambda, arnOf: this.#arnOf, log: context.log }, facts, incoming);
  }

  #accept(
    { facts, protocol }: Exclude<Handshake, { status: number }>,
    incoming: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    this.#tell('CONNECT', facts, { status: 101 });
    // The client did not wait for `$connect`, which took place nevertheless.
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      void this.#disconnected(facts, { code: 1006, reason: '' });
      return;
    }
    if (protocol !== undefined) this.#protocols.set(incoming, protocol);
    this.#sockets.handleUpgrade(incoming, socket, head, (client) => this.#open(facts, client, socket));
  }

  #open(facts: ConnectionFacts, client: WebSocket, socket: Duplex): void {
    const { connectionId } = facts;
    const connection = new Connection(facts, client, this.#dependencies.context.clock, (closed) => {
      this.connections.delete(connectionId);
      void this.#disconnected(facts, closed);
    });
    this.connections.set(connectionId, connection);
    const meter = makeFrameMeter();
    // Before ws sees the bytes, so that a message over the limit is never delivered.
    socket.prependListener('data', (bytes: Buffer) => {
      connection.touch();
      if (connection.open && meter(bytes)) connection.close(1009, 'Message too long');
    });
    client.on('message', (data: Buffer, isBinary) => this.#received(connection, data, isBinary));
  }

  #received(connection: Connection, data: Buffer, isBinary: boolean): void {
    const { api } = this;
    if (!connection.open || !api) return;
    // WebSocket APIs take no binary frames (developer guide, "Binary media types for WebSocket APIs").
    if (isBinary) {
      connection.close(1003, '');
      return;
    }
    const { lambda, context } = this.#dependencies;
    const now = () => context.clock.now();
    const { faults } = this;
    const rest = { api, lambda, faults, now, admits: this.#admits, arnOf: this.#arnOf, log: context.log };
    deliverMessage(rest, connection, data.toString('utf8'));
  }

  async #disconnected(facts: ConnectionFacts, closed: Closed): Promise<void> {
    const { context, lambda } = this.#dependencies;
    this.#tell('DISCONNECT', facts, { ...closed });
    const { api } = this;
    const route = api?.routes.get('$disconnect');
    if (!api || !route) return;
    const occasion = {
      facts,
      apiId: api.apiId,
      routeKey: '$disconnect',
      eventType: 'DISCONNECT' as const,
      nowMs: context.clock.now(),
    };
    const event = disconnectEvent(occasion, closed);
    const sourceArn = this.#arnOf(facts, '$disconnect');
    try {
      await callFunction(lambda, { ...route.integration, event, sourceArn });
    } catch (error) {
      context.log(`websocket-api: $disconnect: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #tell(eventType: string, { connectionId, stage }: ConnectionFacts, more: object): void {
    const at = this.#dependencies.context.clock.now();
    this.#accessLog.write({ at, eventType, stage: stage.name, connectionId, ...more });
  }

  close(): void {
    for (const connection of this.connections.values()) connection.drop();
    this.connections.clear();
    this.faults.clear();
    this.#accessLog.close();
  }
}

/** Serves the WebSocket API of the template: handshakes, messages by route, `@connections`. */
export function makeWebSocketApi(dependencies: WebSocketApiDependencies): EmbeddedWebSocketApi {
  const { apis, context } = dependencies;
  const server = new WebSocketApiServer(dependencies);
  const management = makeManagement({
    context,
    api: () => server.api,
    connections: server.connections,
    faults: server.faults,
    admits: makeThrottle(() => performance.now()),
  });
  const { request } = new Gateway({ ...dependencies.gateway, services: [management] }).handlers;
  let origin = '';
  return {
    faults: server.faults,
    listen: async (port) => {
      const listener = await listen(port, {
        request,
        upgrade: (incoming, socket, head) => void server.upgrade(incoming, socket, head),
      });
      origin = `ws://127.0.0.1:${listener.port}`;
      apis.listening('WEBSOCKET', origin);
      return {
        port: listener.port,
        close: async () => {
          server.close();
          await listener.close();
        },
      };
    },
    url: () => {
      const [stage] = server.api?.stages.keys() ?? [];
      return stage === undefined ? undefined : `${origin}/${stage}`;
    },
  };
}
