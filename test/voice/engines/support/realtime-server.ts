import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export type RealtimeEvent = Readonly<Record<string, unknown>> & { readonly type: string };

export interface RealtimeScript {
  /** Status that refuses the handshake. */
  readonly refuse?: number;
  /** What the server says to each event of the client. */
  readonly answer: (event: RealtimeEvent, say: (event: RealtimeEvent) => void, socket: WebSocket) => void;
}

/** The Realtime API on loopback: speaks the GA events that the script says. */
export const realtimeServer = async ({ refuse, answer }: RealtimeScript) => {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const received: RealtimeEvent[] = [];
  const requests: { readonly url: string; readonly authorization: string | undefined; readonly beta: unknown }[] = [];
  http.on('upgrade', (request, socket, head) => {
    const { authorization } = request.headers;
    requests.push({ url: request.url ?? '', authorization, beta: request.headers['openai-beta'] });
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} Refused\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const say = (event: RealtimeEvent): void => client.send(JSON.stringify(event));
      say({ type: 'session.created', session: {} });
      client.on('message', (data: Buffer) => {
        const event = JSON.parse(data.toString()) as RealtimeEvent;
        received.push(event);
        answer(event, say, client);
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/v1/realtime`,
    received,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        for (const client of sockets.clients) client.terminate();
        http.close(() => resolve());
      }),
  };
};

const pcm = (bytes: number): string => Buffer.alloc(bytes, 1).toString('base64');

/** A spoken response of the server. `audioBytes` come in one delta. */
export const spokenResponse = (id: string, words: string, audioBytes = 4): readonly RealtimeEvent[] => [
  { type: 'response.created', response: { id } },
  { type: 'response.output_item.added', response_id: id, item: { id: `item-${id}`, type: 'message' } },
  { type: 'response.output_audio_transcript.delta', response_id: id, delta: words },
  { type: 'response.output_audio.delta', response_id: id, item_id: `item-${id}`, delta: pcm(audioBytes) },
];

export const responseEnd = (id: string, words: string): readonly RealtimeEvent[] => [
  { type: 'response.output_audio_transcript.done', response_id: id, transcript: words },
  {
    type: 'response.done',
    response: {
      id,
      status: 'completed',
      usage: {
        input_token_details: { text_tokens: 10, audio_tokens: 20 },
        output_token_details: { text_tokens: 3, audio_tokens: 40 },
      },
    },
  },
];
