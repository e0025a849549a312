import { WebSocket } from 'ws';

/** The owner's end of its connection to the WebSocket API. */
export interface OwnerSocket {
  readonly send: (text: string) => void;
  readonly close: () => void;
}

export interface OwnerSocketEvents {
  readonly message: (text: string) => void;
  /** Once, however it ended. */
  readonly closed: () => void;
}

/** The handshake was answered, but not with a connection: 401 or 409 mean that somebody else owns the call. */
export class DialRefused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`The WebSocket API answered ${status}.`);
    this.name = 'DialRefused';
    this.status = status;
  }
}

const HANDSHAKE_TIMEOUT_MS = 5000;

/** Dials; resolves when the connection is up. Throws `DialRefused`, or what the network says. */
export const dialWebSocket = (url: string, events: OwnerSocketEvents): Promise<OwnerSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { handshakeTimeout: HANDSHAKE_TIMEOUT_MS, perMessageDeflate: false });
    let isUp = false;
    socket.on('open', () => {
      isUp = true;
      resolve({ send: (text) => socket.send(text, () => undefined), close: () => socket.close() });
    });
    socket.on('message', (data: Buffer) => events.message(data.toString()));
    socket.on('unexpected-response', (request, response) => {
      reject(new DialRefused(response.statusCode ?? 0));
      request.destroy();
    });
    // An error is always followed by `close`.
    socket.on('error', (error) => {
      if (!isUp) reject(error);
    });
    socket.on('close', () => {
      if (isUp) events.closed();
    });
  });
