import { WebSocket } from 'ws';
import { ServerMessage } from '../../../shared/voice/protocol/messages.ts';

/** A client that sends what it is told, also nonsense, and waits for what comes. */
export interface TestClient {
  readonly send: (message: unknown) => void;
  readonly sendRaw: (data: string | Buffer) => void;
  /** The first message from `from` on (an index of `messages`) that matches. */
  readonly next: <Type extends ServerMessage['type']>(
    type: Type,
    matches?: (message: Extract<ServerMessage, { type: Type }>) => boolean,
  ) => Promise<Extract<ServerMessage, { type: Type }>>;
  readonly messages: readonly ServerMessage[];
  /** The code the connection was closed with. */
  readonly closed: Promise<number>;
  readonly close: () => void;
  /** As if the cable were cut. */
  readonly cut: () => void;
  readonly pause: () => void;
}

/** Opens a client; rejects with the status of a refused handshake. `hear` is told of each message as it comes. */
export function openClient(
  url: string,
  headers: Record<string, string> = {},
  hear: (message: ServerMessage) => void = () => undefined,
): Promise<TestClient> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  const messages: ServerMessage[] = [];
  const closed = Promise.withResolvers<number>();
  let changed = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    const message = ServerMessage.parse(JSON.parse(data.toString()));
    messages.push(message);
    hear(message);
    changed.resolve();
    changed = Promise.withResolvers();
  });
  socket.on('close', (code) => {
    closed.resolve(code);
    changed.resolve();
  });
  const client: TestClient = {
    send: (message) => socket.send(JSON.stringify(message), () => undefined),
    sendRaw: (data) => socket.send(data, () => undefined),
    next: async (type, matches = () => true) => {
      while (true) {
        const found = messages.find(
          (message): message is Extract<ServerMessage, { type: typeof type }> =>
            message.type === type && matches(message as Extract<ServerMessage, { type: typeof type }>),
        );
        if (found !== undefined) return found;
        if (socket.readyState > WebSocket.OPEN) throw new Error(`Closed before a ${type} came.`);
        await changed.promise;
      }
    },
    messages,
    closed: closed.promise,
    close: () => socket.close(),
    cut: () => socket.terminate(),
    pause: () => socket.pause(),
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(client));
    socket.once('unexpected-response', (_request, response) => {
      reject(Object.assign(new Error(`Refused with ${response.statusCode}`), { status: response.statusCode }));
    });
    socket.on('error', reject);
  });
}

/** One frame of a tone or of silence, PCM16 mono, base64. */
export function toneFrame(ms: number, sampleRateHertz: number, amplitude = 8000): string {
  const samples = Int16Array.from({ length: (ms * sampleRateHertz) / 1000 }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * 440 * index) / sampleRateHertz)),
  );
  return Buffer.from(samples.buffer).toString('base64');
}
