import { WebSocket } from 'ws';
import { faultOfSocket, faultOfStatus } from '../../../providers/provider-error.ts';
import { type ProviderNetwork, publicNetwork } from '../../../providers/provider-network.ts';
import type { EngineError } from '../speech-engine.ts';
import { engineErrorOfClose } from './errors.ts';

/** An open connection to the Realtime API. */
export interface RealtimeSocket {
  /** Resolves when the text has been handed to the network; rejects when the connection is gone. */
  readonly send: (text: string) => Promise<void>;
  /** Texts of the server; ends after `close`, throws `EngineError` when the server or the network ends it. One reader. */
  readonly messages: AsyncIterable<string>;
  readonly close: () => void;
}

export interface SocketRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The way there; to the public internet only when absent. */
  readonly network?: ProviderNetwork;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A second of PCM as base64 in one message is 64 KB; this is far beyond. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      reject(faultOfStatus(response.statusCode ?? 500, ''));
    });
    socket.once('error', (error) => reject(faultOfSocket(error)));
  });

/** Dials. Throws `EngineError` when the server refuses or does not answer within 10 s. */
export const dialRealtime = async ({
  url,
  headers,
  signal,
  network = publicNetwork(),
}: SocketRequest): Promise<RealtimeSocket> => {
  const socket = new WebSocket(url, {
    ...network.dialing(url),
    headers,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const queue: string[] = [];
  let end: { readonly error: EngineError | undefined } | undefined;
  let wake: (() => void) | undefined;
  const finish = (error: EngineError | undefined): void => {
    end ??= { error };
    wake?.();
  };
  socket.on('message', (data: Buffer) => {
    queue.push(data.toString());
    wake?.();
  });
  socket.on('close', (code, reason) => finish(engineErrorOfClose(code, reason.toString())));
  socket.on('error', (error) => finish(faultOfSocket(error)));
  const kill = (): void => {
    finish(undefined);
    socket.terminate();
  };
  signal.addEventListener('abort', kill, { once: true });
  await opened(socket);
  return {
    send: (text) =>
      new Promise((resolve, reject) => {
        socket.send(text, (error) => (error ? reject(error) : resolve()));
      }),
    messages: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const text = queue.shift();
          if (text !== undefined) yield text;
          else if (end?.error) throw end.error;
          else if (end) return;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      },
    },
    close: () => {
      signal.removeEventListener('abort', kill);
      finish(undefined);
      socket.close(1000);
    },
  };
};
