import { createServer as createHttp1, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Listener {
  readonly port: number;
  /** Ends every connection and frees the port. */
  readonly close: () => Promise<void>;
}

export interface Handlers {
  readonly request: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

const HTTP2_PREFACE = 'PRI ';

/**
 * Listens on one loopback port for HTTP/1.1 and, with prior knowledge, clear-text HTTP/2, which the Bedrock Runtime
 * client speaks for every operation: the first bytes of a connection tell which.
 */
export async function listen(port: number, handlers: Handlers): Promise<Listener> {
  const sockets = new Set<Socket>();
  const http1 = createHttp1({ keepAliveTimeout: 60_000 }, handlers.request);
  if (handlers.upgrade) http1.on('upgrade', handlers.upgrade);
  // The compatibility API of node:http2 has the members of an HTTP/1 request and response that services use.
  const http2 = createHttp2(handlers.request as unknown as Parameters<typeof createHttp2>[1]);
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (!first) return void socket.destroy();
      socket.unshift(first);
      const isHttp2 = first.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE;
      (isHttp2 ? http2 : http1).emit('connection', socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Reads a request's whole body. Throws `RangeError` when it is larger than `limitBytes`, after reading it to its end:
 * a connection cut off in the middle would keep the client from ever seeing the answer.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limitBytes) chunks.push(chunk);
    else chunks = [];
  }
  if (size > limitBytes) throw new RangeError(`the body is larger than ${limitBytes} bytes`);
  return Buffer.concat(chunks);
}

/** Answers a WebSocket handshake with a status instead of a connection. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n${lines.join('')}\r\n${text}`);
}
