import WebSocket from 'ws';
import { newSid, signatureOf, type TwilioAccount } from './account.ts';
import type { Line } from './line.ts';

export interface StreamOptions {
  readonly account: TwilioAccount;
  readonly callSid: string;
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly line: Line;
  /** Aborts when the call ends. */
  readonly signal: AbortSignal;
  readonly alert: (code: number, message: string) => void;
}

export interface MediaStream {
  readonly streamSid: string;
  /** Presses a key. */
  readonly dtmf: (digit: string) => void;
  /** Resolves when the other side has closed the socket or the call is over. */
  readonly closed: Promise<void>;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Twilio Media Streams, bidirectional (Twilio docs, "Media Streams - WebSocket messages"): dials the address with
 * Twilio's signature, then says `connected`, `start` and what the caller says. Throws when the other side does not let
 * it in.
 */
export async function openMediaStream(options: StreamOptions): Promise<MediaStream> {
  const { account, callSid, url, parameters, line, signal, alert } = options;
  const socket = await dial(url, signatureOf(account, url));
  const streamSid = newSid('MZ');
  let sequenceNumber = 0;
  const send = (event: string, fields: object): void => {
    sequenceNumber += 1;
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ event, sequenceNumber: String(sequenceNumber), streamSid, ...fields }));
  };
  socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
  const { accountSid } = account;
  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
  const start = { accountSid, streamSid, callSid, tracks: ['inbound'], mediaFormat, customParameters: parameters };
  send('start', { start });
  let chunk = 0;
  line.listen((frame) => {
    chunk += 1;
    const payload = Buffer.from(frame).toString('base64');
    const timestamp = String((chunk - 1) * 20);
    send('media', { media: { track: 'inbound', chunk: String(chunk), timestamp, payload } });
  });
  socket.on('message', (data) => {
    const problem = obey((data as Buffer).toString('utf8'), {
      streamSid,
      line,
      marked: (name) => send('mark', { mark: { name } }),
    });
    if (problem !== undefined) alert(31_924, problem);
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      line.listen(undefined);
      resolve();
    });
  });
  const stop = (): void => {
    send('stop', { stop: { accountSid, callSid } });
    socket.close(1000);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return { streamSid, dtmf: (digit) => send('dtmf', { dtmf: { track: 'inbound_track', digit } }), closed };
}

function dial(url: string, signature: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-twilio-signature': signature, 'user-agent': 'Twilio.TmeWs/1.0' };
    const socket = new WebSocket(url, { headers, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, perMessageDeflate: false });
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      reject(new Error(`The server answered the handshake with ${statusCode}.`));
    });
    socket.on('error', reject);
  });
}

interface Obedient {
  readonly streamSid: string;
  readonly line: Line;
  readonly marked: (name: string) => void;
}

/** Does what a message of the application says; what is wrong with it otherwise. */
function obey(text: string, { streamSid, line, marked }: Obedient): string | undefined {
  const message = read(text);
  if (message === undefined) return 'The message is not JSON.';
  const { event, media, mark } = message;
  if (message.streamSid !== streamSid) return 'The message is for no stream of this connection.';
  if (event === 'clear') {
    line.clear();
    return undefined;
  }
  if (event === 'media') {
    const payload = field(media, 'payload');
    if (payload === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(payload)) return 'The payload is not base64.';
    line.play(Buffer.from(payload, 'base64'));
    return undefined;
  }
  const name = field(mark, 'name');
  if (event !== 'mark' || name === undefined) return `"${String(event)}" is no message of ours.`;
  line.mark(() => marked(name));
  return undefined;
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : undefined;
}
