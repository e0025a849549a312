import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { randomIds } from '../../../shared/kernel/real-dependencies.ts';
import { voiceGateway } from '../../../shared/voice/gateway/voice-gateway.ts';
import type { OwnerSummons } from '../../../shared/voice/keeper/call-owner.ts';
import { sessionKeeper } from '../../../shared/voice/keeper/session-keeper.ts';
import { MAX_FRAME_BYTES, MAX_MESSAGE_BYTES } from '../../../shared/voice/protocol/messages.ts';
import type { SocketConnections } from '../../../shared/voice/relay/connections-apigateway.ts';
import { type OwnCallDeps, ownCall } from '../../../shared/voice/relay/own-call.ts';
import { dialWebSocket } from '../../../shared/voice/relay/owner-socket-ws.ts';
import { runVoiceSession } from '../../../shared/voice/session/run-voice-session.ts';
import { hashOfToken } from '../../../shared/voice/stores/session-keys.ts';
import { servingAgent } from '../../access/support/tables.ts';
import { AGENT, startGateway } from '../gateway/support.ts';
import { systemClock } from './direct-host.ts';
import { openClient } from './test-client.ts';
import type { TestCall } from './transport-suite.ts';

type Gateway = ReturnType<typeof voiceGateway>;

/** Lines enough for every call of a suite. */
const LINES = 1000;
/** Lambda's longest. */
const OWNER_MS = 900_000;

/** API Gateway's WebSocket API in this process: sockets, their ids and limits; each event is its own invocation. */
async function startWebSocketApi() {
  const sockets = new Map<string, WebSocket>();
  const server = createServer();
  const upgrades = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  let handle: Gateway = () => Promise.reject(new Error('Nobody serves yet.'));
  let count = 0;

  const told = (eventType: string, connectionId: string, more: object = {}) =>
    handle({ requestContext: { eventType, connectionId }, ...more });
  const carry = (connectionId: string, socket: WebSocket): void => {
    sockets.set(connectionId, socket);
    socket.on('message', (data: Buffer) => {
      if (data.length > MAX_FRAME_BYTES) socket.close(1009);
      else void told('MESSAGE', connectionId, { body: data.toString() });
    });
    // A message that is too large is an error, and closes with 1009.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(connectionId);
      void told('DISCONNECT', connectionId);
    });
  };
  const upgrade = async (request: Parameters<typeof upgrades.handleUpgrade>[0], raw: Duplex, head: Buffer) => {
    count += 1;
    const connectionId = `connection-${count}`;
    const queryStringParameters = Object.fromEntries(new URL(request.url ?? '/', 'http://host').searchParams);
    const { statusCode } = await told('CONNECT', connectionId, { queryStringParameters });
    if (statusCode === 200) upgrades.handleUpgrade(request, raw, head, (socket) => carry(connectionId, socket));
    else raw.end(`HTTP/1.1 ${statusCode} Refused\r\nconnection: close\r\n\r\n`);
  };
  server.on('upgrade', (request, raw: Duplex, head) => void upgrade(request, raw, head));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const connections: SocketConnections = {
    post: async (id, text) => {
      const socket = sockets.get(id);
      if (socket?.readyState !== WebSocket.OPEN) return 'gone';
      socket.send(text);
      return 'sent';
    },
    close: async (id) => sockets.get(id)?.close(1000),
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/live`,
    connections,
    serve: (gateway: Gateway) => {
      handle = gateway;
    },
    stop: async () => {
      for (const socket of sockets.values()) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The relay in this process: the gateway, owners that dial it, and real tables; only what speaks is scripted. */
export async function startRelayHost(speaking: Pick<OwnCallDeps, 'voices' | 'brain'>) {
  const world = await startGateway(LINES);
  await world.putAgent(servingAgent(AGENT));
  const api = await startWebSocketApi();
  const running = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  const owners = {
    summon: async (summons: OwnerSummons) => {
      const work = own(summons, { getRemainingTimeInMillis: () => OWNER_MS })
        .catch((error: unknown) => failures.push(error))
        .finally(() => running.delete(work));
      running.add(work);
    },
  };
  const { agents } = world.deps;
  const keeperDeps = { sessions: world.sessions, owners, agents, clock: systemClock, secret: randomIds.secret };
  const own = ownCall({
    ...speaking,
    sessions: world.sessions,
    tickets: world.tickets,
    sockets: api.connections,
    keeper: (claim) => sessionKeeper(keeperDeps, claim),
    dial: (ticket, events) => dialWebSocket(`${api.url}?owner=${ticket}`, events),
    recordings: { write: async () => undefined, note: async () => undefined },
    telephone: { hangUp: async () => undefined, putThrough: async () => undefined },
    run: runVoiceSession,
    clock: systemClock,
    secret: randomIds.secret,
    log: () => undefined,
  });
  const clock = { now: Date.now, pause: (ms: number) => pause(ms) };
  api.serve(voiceGateway({ ...world.deps, clock, owners, sockets: api.connections }));

  const connect = async () => {
    const ticket = randomIds.secret();
    const grant = { kind: 'client', userId: 'ann', agentId: AGENT } as const;
    await world.tickets.issue(hashOfToken(ticket), grant, Date.now() + 60_000);
    return openClient(`${api.url}?ticket=${ticket}`);
  };
  return {
    newCall: async (): Promise<TestCall> => ({ connect, ticket: undefined }),
    /** What owners ended with that was no end of a call. */
    failures,
    stop: async () => {
      await api.stop();
      await Promise.race([Promise.allSettled(running), pause(10_000)]);
      await world.stop();
    },
  };
}
