import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { listenTo, talkTo } from './provider-sockets.ts';

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
  | 'mp3'
  /** Byte by byte, and right all the same. */
  | 'slow'
  /** Fails twice, and then does as it should. */
  | 'recovering'
  | 'whole'
  | 'compressed'
  | 'endless'
  /** A line, a text, a message beyond all measure. */
  | 'huge';

export const KEY = 'sk-provider-0123456789';
export const WORDS = 'Good morning, I hear you well.';

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

/** As long as somebody reads. */
const withoutEnd = (response: ServerResponse, piece: string | Buffer): void => {
  const more = (): void => {
    if (response.destroyed) return;
    response.write(piece, () => setImmediate(more));
  };
  more();
};

const byteByByte = async (response: ServerResponse, body: string | Buffer, size = 1): Promise<void> => {
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
};

const TYPES: Partial<Record<Whim, Record<string, string>>> = {
  page: { 'content-type': 'text/html' },
  whole: { 'content-type': 'application/json; charset=utf-8' },
  compressed: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
};

const chat = (whim: Whim, response: ServerResponse): unknown => {
  response.writeHead(200, TYPES[whim] ?? { 'content-type': 'text/event-stream' });
  const usage = { prompt_tokens: 12, completion_tokens: 7 };
  const delta = (content: string, finish: string | null) => ({
    choices: [{ delta: { content }, finish_reason: finish }],
  });
  if (whim === 'cut') return cut(response, sse([delta('Good mor', null)]));
  if (whim === 'nonsense') return end(response, 'data: {"choices": 7}\n\n');
  if (whim === 'empty') return end(response, sse([delta('', 'stop'), '[DONE]']));
  if (whim === 'page') return end(response, '<!doctype html>');
  if (whim === 'endless')
    return withoutEnd(response, sse(Array.from({ length: 200 }, () => delta('and so on ', null))));
  if (whim === 'huge') return withoutEnd(response, 'a'.repeat(65_536));
  if (whim === 'whole') {
    const message = { role: 'assistant', content: WORDS };
    return end(response, JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage }));
  }
  const told = sse([delta(WORDS.slice(0, 9), null), delta(WORDS.slice(9), 'stop'), { choices: [], usage }, '[DONE]']);
  return whim === 'slow' ? byteByByte(response, told) : end(response, whim === 'compressed' ? gzipSync(told) : told);
};

const ears = (whim: Whim, response: ServerResponse): unknown => {
  const coding = whim === 'compressed' ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(200, { 'content-type': 'application/json', ...coding });
  if (whim === 'cut') return cut(response, '{"text": "Good');
  if (whim === 'nonsense') return end(response, '{"text": 7}');
  if (whim === 'page') return end(response, '<!doctype html>');
  if (whim === 'endless' || whim === 'huge') return withoutEnd(response, ' '.repeat(65_536));
  const told = JSON.stringify({ text: whim === 'empty' ? '' : WORDS });
  return whim === 'slow' ? byteByByte(response, told) : end(response, told);
};

const voice = (asked: Asked, whim: Whim, response: ServerResponse): unknown => {
  const rate = rateAsked(asked);
  const audio = speechLike(30, rate);
  const types: Partial<Record<Whim, string>> = {
    page: 'text/html',
    mp3: 'audio/mpeg',
    'other-rate': 'audio/pcm;rate=11025',
  };
  const coding = whim === 'compressed' ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(200, { 'content-type': types[whim] ?? `audio/pcm;rate=${rate}`, ...coding });
  if (whim === 'cut') return cut(response, audio.subarray(0, 2000));
  if (whim === 'empty') return end(response);
  if (whim === 'nonsense') return end(response, Buffer.alloc(audio.length));
  if (whim === 'endless' || whim === 'huge') return withoutEnd(response, audio);
  if (whim === 'slow') return byteByByte(response, audio, 333);
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

/** Providers of every kind on one loopback port, all with the same whim; it forgets nothing. */
export const providerServer = async () => {
  const asked: Asked[] = [];
  let whim: Whim = 'none';
  let failures = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const one = { path: request.url ?? '', key: keyOf(request), body: Buffer.concat(parts) };
    asked.push(one);
    const refusal = one.key === KEY ? REFUSALS[whim] : REFUSALS['wrong-key'];
    if (refusal !== undefined) response.writeHead(refusal[0]).end(refusal[1]);
    else if (whim === 'recovering' && failures < 2) {
      failures += 1;
      response.writeHead(failures === 1 ? 429 : 503, { 'retry-after': '1' }).end('{}');
    } else if (whim === 'redirect') response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end();
    else if (whim !== 'silent') serve(one, whim, response);
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    asked.push({ path: request.url ?? '', key: keyOf(request), body: Buffer.alloc(0) });
    // A socket's model is named in a message.
    const refusal =
      keyOf(request) !== KEY ? REFUSALS['wrong-key'] : whim === 'wrong-model' ? undefined : REFUSALS[whim];
    if (refusal !== undefined) socket.end(`HTTP/1.1 ${refusal[0]} No\r\nconnection: close\r\n\r\n`);
    else if (whim === 'redirect') socket.end('HTTP/1.1 302 Found\r\nlocation: ws://169.254.169.254/\r\n\r\n');
    else {
      const serveSocket = /realtime/.test(request.url ?? '') ? talkTo : listenTo;
      sockets.handleUpgrade(request, socket, head, (webSocket) => serveSocket(webSocket, whim));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}`,
    asked,
    be: (next: Whim) => {
      whim = next;
      failures = 0;
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
