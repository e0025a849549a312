import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { buildTalkPage } from '../../../scripts/build-web.ts';
import { type DirectCallsDependencies, directCalls } from '../../../shared/voice/direct/direct-calls.ts';
import { wsSocket } from '../../../shared/voice/direct/ws-socket.ts';
import { getTalk, getTalkAsset } from '../../../shared/voice/talk/serve-talk.ts';
import { bundledTalkAssets } from '../../../shared/voice/talk/talk-assets.ts';
import { httpLambda } from '../../http/support/api-lambda.ts';
import { systemClock } from '../../voice/support/direct-host.ts';
import { TICKET } from '../../voice/support/scripted-owner.ts';

export const KEY = 'ok_test';
export const AGENT_ID = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';

export interface Refusal {
  readonly status: number;
  readonly code: string;
}

/** The page, tickets and calls of a service whose calls a test scripts. */
export interface VoiceService {
  readonly url: string;
  /** What the next tickets are answered with, by route; absent: a ticket. */
  readonly refuse: { direct?: Refusal | undefined; relay?: Refusal | undefined };
  /** Routes of the tickets that were asked for. */
  readonly asked: string[];
  /** As if the network failed: every socket is gone at once. */
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/** Serves what `serve-talk` serves, and calls over sockets that speak the protocol for real. */
export async function startVoiceService(
  runCall: DirectCallsDependencies['runCall'],
  { maxConnectionMs = 3_600_000 }: { readonly maxConnectionMs?: number } = {},
): Promise<VoiceService> {
  const folder = await mkdtemp(join(tmpdir(), 'talk-'));
  await buildTalkPage(folder);
  const calls = directCalls({ runCall, clock: systemClock, maxConnectionMs, failed: () => undefined });
  const refuse: VoiceService['refuse'] = {};
  const asked: string[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  let known = randomUUID();

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const deps = {
    env: { WEBSOCKET_URL: `ws://127.0.0.1:${port}/live` },
    assets: bundledTalkAssets(folder),
    runtimeOrigin: `http://127.0.0.1:${port}`,
  };
  const page = httpLambda({ getTalk: getTalk(deps), getTalkAsset: getTalkAsset(deps) });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (pathname === '/api/v1/voice-tickets') return ticket(request, response);
    const asset = /^\/talk\/(.+)$/.exec(pathname)?.[1];
    const result = await page({
      routeKey: asset === undefined ? 'GET /talk' : 'GET /talk/{asset}',
      rawPath: pathname,
      headers: {},
      rawQueryString: '',
      isBase64Encoded: false,
      requestContext: { requestId: 'r', domainName: 'host' },
      ...(asset === undefined ? {} : { pathParameters: { asset } }),
    });
    response.writeHead(result.statusCode ?? 500, result.headers as Record<string, string>);
    response.end(Buffer.from(result.body ?? '', result.isBase64Encoded === true ? 'base64' : 'utf8'));
  };
  const ticket = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as {
      transport: 'direct' | 'relay';
      callId?: string;
    };
    asked.push(body.transport);
    const isKnown = request.headers.authorization === `Bearer ${KEY}`;
    const refusal = isKnown ? refuse[body.transport] : { status: 401, code: 'unauthenticated' };
    response.writeHead(refusal?.status ?? 201, { 'content-type': 'application/json' });
    if (refusal !== undefined) return void response.end(JSON.stringify({ code: refusal.code, detail: 'Scripted.' }));
    if (body.callId === undefined) known = randomUUID();
    const webSocketUrl = `ws://127.0.0.1:${port}/ws?call=${body.callId ?? known}&by=${body.transport}`;
    return void response.end(JSON.stringify({ ticket: TICKET, webSocketUrl, transport: body.transport }));
  };
  server.on('upgrade', (request, socket, head) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://host');
    sockets.handleUpgrade(request, socket, head, (client) => {
      const carried = wsSocket(client);
      // The relay has the ticket in its address; here it is added to what the client says.
      calls.accept(searchParams.get('by') === 'relay' ? withTicket(carried) : carried, searchParams.get('call') ?? '');
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    refuse,
    asked,
    cut: () => {
      for (const client of sockets.clients) client.terminate();
    },
    stop: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const withTicket = (socket: ReturnType<typeof wsSocket>): ReturnType<typeof wsSocket> => ({
  ...socket,
  listen: (events) =>
    socket.listen({
      ...events,
      message: (data, isBinary) => {
        const message = JSON.parse(Buffer.from(data).toString()) as { type: string };
        const isStart = message.type === 'session.start';
        events.message(isStart ? Buffer.from(JSON.stringify({ ...message, ticket: TICKET })) : data, isBinary);
      },
    }),
});
