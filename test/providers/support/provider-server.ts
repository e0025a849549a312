import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** How a provider fails, or lies. */
export type Whim =
  | 'none'
  | 'wrong-key'
  | 'wrong-model'
  | 'busy'
  | 'broken'
  | 'cut'
  | 'silent'
  | 'redirect'
  | 'nonsense'
  | 'empty'
  | 'page'
  | 'other-rate'
  | 'wav'
  | 'mp3';

export const KEY = 'sk-provider-0123456789';
const WORDS = 'Good morning, I hear you well.';

/** A tone that swells, as long as a voice needs for so many characters. */
export const speechLike = (characters: number, sampleRateHertz: number): Buffer => {
  const samples = Math.round((characters / 15) * sampleRateHertz);
  const audio = Buffer.alloc(samples * 2);
  for (let at = 0; at < samples; at += 1) {
    const level = 6000 * Math.abs(Math.sin((Math.PI * 3 * at) / sampleRateHertz));
    audio.writeInt16LE(Math.round(level * Math.sin((2 * Math.PI * 180 * at) / sampleRateHertz)), at * 2);
  }
  return audio;
};

const wavHeader = (sampleRateHertz: number): Buffer => {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(sampleRateHertz, 24);
  return header;
};

interface Asked {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: Buffer;
}

const keyOf = ({ headers }: IncomingMessage): string | undefined =>
  String(headers['xi-api-key'] ?? headers['x-api-key'] ?? headers.authorization?.replace('Bearer ', ''));

const rateAsked = ({ path, body }: Asked): number => {
  const inPath = /pcm_(\d+)/.exec(path)?.[1];
  if (inPath !== undefined) return Number(inPath);
  const json = JSON.parse(body.toString()) as { output_format?: { sample_rate: number } };
  return json.output_format?.sample_rate ?? 24_000;
};

const sse = (events: readonly unknown[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');

/** A chat, a voice and ears: what services with OpenAI's interface, ElevenLabs and async.ai serve. */
const serve = (asked: Asked, whim: Whim, response: ServerResponse): void => {
  const { path } = asked;
  if (path.endsWith('completions')) chat(whim, response);
  else if (/transcriptions$|speech-to-text$/.test(path)) ears(whim, response);
  else voice(asked, whim, response);
};

const end = (response: ServerResponse, body: string | Buffer = ''): unknown => response.end(body);

const cut = (response: ServerResponse, beginning: string | Buffer): unknown =>
  response.write(beginning, () => response.destroy());

const chat = (whim: Whim, response: ServerResponse): unknown => {
  response.writeHead(200, { 'content-type': whim === 'page' ? 'text/html' : 'text/event-stream' });
  const delta = (content: string, finish: string | null) => ({
    choices: [{ delta: { content }, finish_reason: finish }],
  });
  if (whim === 'cut') return cut(response, sse([delta('Good mor', null)]));
  if (whim === 'nonsense') return end(response, 'data: {"choices": 7}\n\n');
  if (whim === 'empty') return end(response, sse([delta('', 'stop'), '[DONE]']));
  if (whim === 'page') return end(response, '<!doctype html>');
  return response.end(sse([delta(WORDS.slice(0, 9), null), delta(WORDS.slice(9), 'stop'), '[DONE]']));
};

const ears = (whim: Whim, response: ServerResponse): unknown => {
  response.writeHead(200, { 'content-type': 'application/json' });
  if (whim === 'cut') return cut(response, '{"text": "Good');
  if (whim === 'nonsense') return end(response, '{"text": 7}');
  if (whim === 'page') return end(response, '<!doctype html>');
  return response.end(JSON.stringify({ text: whim === 'empty' ? '' : WORDS }));
};

const voice = (asked: Asked, whim: Whim, response: ServerResponse): unknown => {
  const rate = rateAsked(asked);
  const audio = speechLike(30, rate);
  const types: Partial<Record<Whim, string>> = {
    page: 'text/html',
    mp3: 'audio/mpeg',
    'other-rate': 'audio/pcm;rate=11025',
  };
  response.writeHead(200, { 'content-type': types[whim] ?? `audio/pcm;rate=${rate}` });
  if (whim === 'cut') return cut(response, audio.subarray(0, 2000));
  if (whim === 'empty') return end(response);
  if (whim === 'nonsense') return end(response, Buffer.alloc(audio.length));
  if (whim === 'wav') return end(response, Buffer.concat([wavHeader(44_100), audio]));
  for (let at = 0; at < audio.length; at += 3333) response.write(audio.subarray(at, at + 3333));
  return response.end();
};

const REFUSALS: Partial<Record<Whim, readonly [status: number, body: string]>> = {
  'wrong-key': [401, '{"error":{"code":"invalid_api_key"}}'],
  'wrong-model': [400, '{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}'],
  busy: [429, '{}'],
  broken: [500, 'Oops'],
};

/** A Whisper-style socket: tells what it thinks after the first half second, and what it heard after a pause. */
const listenTo = (socket: WebSocket, whim: Whim): void => {
  let bytes = 0;
  socket.on('message', (data: Buffer) => {
    const before = bytes;
    bytes += data.length;
    const reached = (limit: number): boolean => before < limit && bytes >= limit;
    if (whim === 'silent') return;
    if (reached(16_000)) {
      if (whim === 'cut') socket.terminate();
      else if (whim === 'nonsense') socket.send('{"text": 7}');
      else if (whim !== 'empty') socket.send(JSON.stringify({ type: 'partial', text: 'Good' }));
    }
    if (reached(64_000)) socket.send(JSON.stringify({ text: whim === 'empty' ? '' : WORDS, is_final: true }));
  });
};

/** Providers of every kind on one loopback port, all with the same whim; it counts nothing and forgets nothing. */
export const providerServer = async () => {
  const asked: Asked[] = [];
  let whim: Whim = 'none';
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const one = { path: request.url ?? '', key: keyOf(request), body: Buffer.concat(parts) };
    asked.push(one);
    const refusal = one.key === KEY ? REFUSALS[whim] : REFUSALS['wrong-key'];
    if (refusal !== undefined) response.writeHead(refusal[0]).end(refusal[1]);
    else if (whim === 'redirect') response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end();
    else if (whim !== 'silent') serve(one, whim, response);
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    asked.push({ path: request.url ?? '', key: keyOf(request), body: Buffer.alloc(0) });
    const refusal = keyOf(request) === KEY ? REFUSALS[whim] : REFUSALS['wrong-key'];
    if (refusal !== undefined) socket.end(`HTTP/1.1 ${refusal[0]} No\r\nconnection: close\r\n\r\n`);
    else if (whim === 'redirect') socket.end('HTTP/1.1 302 Found\r\nlocation: ws://169.254.169.254/\r\n\r\n');
    else sockets.handleUpgrade(request, socket, head, (webSocket) => listenTo(webSocket, whim));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}`,
    asked,
    be: (next: Whim) => {
      whim = next;
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
