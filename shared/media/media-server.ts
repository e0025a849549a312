import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { isSignedByTwilio } from '../telephony/twilio-signature.ts';
import type { MediaSocket } from '../telephony/twilio-transport.ts';
import type { DirectCalls } from '../voice/direct/direct-calls.ts';
import { wsSocket } from '../voice/direct/ws-socket.ts';
import { MAX_MESSAGE_BYTES } from '../voice/protocol/messages.ts';
import { wsMediaSocket } from './ws-media-socket.ts';

export interface MediaServerDeps {
  /** `wss://media.example.com`: what the provider signs, with `/twilio`. */
  readonly publicUrl: string;
  /** Key of the provider's signatures; absent where the stage has no telephone. */
  readonly authToken: (() => Promise<string>) | undefined;
  /** Takes a phone's stream from its first message to its end. */
  readonly phone: (socket: MediaSocket) => Promise<void>;
  readonly clients: Pick<DirectCalls, 'accept' | 'active' | 'idle'>;
  /** Told whenever the number of calls has changed, and each half a minute. */
  readonly loaded: (calls: number) => void;
  readonly failed: (error: unknown) => void;
}

export interface MediaServer {
  readonly port: number;
  readonly calls: () => number;
  /** Takes no more calls and is unwell for the load balancer; resolves when the last call is over. */
  readonly drain: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const CALL_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TELL_LOAD_EVERY_MS = 30_000;

/**
 * The media container's door: `/twilio` for media streams of the telephone provider (its signature opens it, the token
 * in `start` tells the call), `/ws?callId=` for clients (the ticket of `session.start` opens the call), `/health` for
 * the load balancer.
 */
export const startMediaServer = async (deps: MediaServerDeps, port: number): Promise<MediaServer> => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const phones = new Set<Promise<void>>();
  let isDraining = false;
  const calls = (): number => phones.size + deps.clients.active();
  const tell = (): void => deps.loaded(calls());

  const takePhone = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    sockets.handleUpgrade(request, socket, head, (client) => {
      const call = deps
        .phone(wsMediaSocket(wsSocket(client)))
        .catch(deps.failed)
        .finally(() => {
          phones.delete(call);
          tell();
        });
      phones.add(call);
      tell();
    });
  const takeClient = (request: IncomingMessage, socket: Duplex, head: Buffer, callId: string): void =>
    sockets.handleUpgrade(request, socket, head, (client) => {
      deps.clients.accept(wsSocket(client), callId);
      tell();
    });
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://media');
    if (isDraining) return refuse(socket, 503);
    if (pathname === '/twilio') {
      return (await isFromProvider(deps, request)) ? takePhone(request, socket, head) : refuse(socket, 401);
    }
    const callId = searchParams.get('callId') ?? '';
    if (pathname !== '/ws' || !CALL_ID.test(callId)) return refuse(socket, 404);
    return takeClient(request, socket, head, callId);
  };
  const http = createServer((request, response) => answer(request, response, { calls: calls(), isDraining }));
  http.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    // A caller who leaves during the handshake is no error of ours.
    socket.on('error', () => undefined);
    upgrade(request, socket, head).catch((error: unknown) => {
      deps.failed(error);
      refuse(socket, 500);
    });
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, resolve);
  });
  const load = setInterval(tell, TELL_LOAD_EVERY_MS);
  load.unref();
  return {
    port: (http.address() as AddressInfo).port,
    calls,
    drain: async () => {
      isDraining = true;
      while (calls() > 0) await Promise.all([...phones, deps.clients.idle()]);
    },
    close: async () => {
      clearInterval(load);
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
};

/** Signed is the address the provider was given, not what the request claims. */
const isFromProvider = async (
  { authToken, publicUrl }: MediaServerDeps,
  { headers }: IncomingMessage,
): Promise<boolean> => {
  const signature = headers['x-twilio-signature'];
  if (authToken === undefined || typeof signature !== 'string') return false;
  return isSignedByTwilio(await authToken(), signature, `${publicUrl}/twilio`);
};

/** `GET /health`: 200 while calls are taken, 503 from the drain on. */
const answer = (
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { calls, isDraining }: { readonly calls: number; readonly isDraining: boolean },
): void => {
  const isHealth = method === 'GET' && url === '/health';
  response.writeHead(isHealth ? (isDraining ? 503 : 200) : 404, { 'content-type': 'application/json' });
  response.end(isHealth ? JSON.stringify({ status: isDraining ? 'draining' : 'ok', calls }) : '{}');
};

const REASONS = { 401: 'Unauthorized', 404: 'Not Found', 500: 'Internal Server Error', 503: 'Service Unavailable' };

const refuse = (socket: Duplex, status: keyof typeof REASONS): void => {
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
};
