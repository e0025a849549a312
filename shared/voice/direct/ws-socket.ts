import type { RawData, WebSocket } from 'ws';
import type { ClientSocket } from './client-socket.ts';

/** An open socket of the package `ws`. */
export const wsSocket = (socket: WebSocket): ClientSocket => ({
  send: (text) => {
    // A failed send is followed by `close`, which says all there is to say.
    if (socket.readyState === socket.OPEN) socket.send(text, () => undefined);
  },
  bufferedBytes: () => socket.bufferedAmount,
  ping: () => {
    if (socket.readyState === socket.OPEN) socket.ping(undefined, undefined, () => undefined);
  },
  close: (code, reason) => socket.close(code, reason),
  terminate: () => socket.terminate(),
  listen: ({ message, pong, closed }) => {
    socket.on('message', (data: RawData, isBinary: boolean) => message(bytesOf(data), isBinary));
    socket.on('pong', pong);
    socket.once('close', closed);
    // Without a listener an error (a frame beyond `maxPayload`) would end the process; `close` follows.
    socket.on('error', () => undefined);
  },
});

const bytesOf = (data: RawData): Uint8Array => {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
};
