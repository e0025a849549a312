import type { WebSocket } from 'ws';
import { responseEnd, spokenResponse } from '../../voice/engines/support/realtime-server.ts';
import { type Whim, WORDS } from './provider-server.ts';

/** Far beyond what either protocol's messages are. */
const HUGE = 'a'.repeat(5_000_000);

/** What it thinks after the first half second. */
const guess = (socket: WebSocket, whim: Whim): void => {
  if (whim === 'cut') socket.terminate();
  else if (whim === 'huge') socket.send(HUGE);
  else if (whim === 'nonsense') socket.send('{"text": 7}');
  else if (whim !== 'empty') socket.send(JSON.stringify({ type: 'partial', text: 'Good' }));
};

/** A Whisper-style socket: tells what it thinks early, and what it heard after a pause. */
export const listenTo = (socket: WebSocket, whim: Whim): void => {
  let bytes = 0;
  socket.on('message', (data: Buffer) => {
    const before = bytes;
    bytes += data.length;
    const reached = (limit: number): boolean => before < limit && bytes >= limit;
    if (whim === 'silent') return;
    if (reached(16_000)) guess(socket, whim);
    if (reached(64_000)) socket.send(JSON.stringify({ text: whim === 'empty' ? '' : WORDS, is_final: true }));
  });
};

/** The Realtime API: takes the session and says one sentence when it is told to. */
export const talkTo = (socket: WebSocket, whim: Whim): void => {
  const say = (event: object): void => socket.send(JSON.stringify(event));
  say({ type: 'session.created', session: {} });
  socket.on('message', (data: Buffer) => {
    const { type } = JSON.parse(data.toString()) as { readonly type: string };
    if (type === 'session.update' && whim !== 'silent') beginWith(socket, say, whim);
    if (type === 'response.create') speak(socket, say, whim);
  });
};

const beginWith = (socket: WebSocket, say: (event: object) => void, whim: Whim): void => {
  if (whim === 'nonsense') socket.send('{"type": 7}');
  else if (whim === 'huge') socket.send(HUGE);
  else if (whim === 'wrong-model') {
    const code = 'model_not_found';
    say({
      type: 'error',
      error: { type: 'invalid_request_error', code, message: 'No model x for key sk-provider-0123456789' },
    });
  } else say({ type: 'session.updated', session: {} });
};

const speak = (socket: WebSocket, say: (event: object) => void, whim: Whim): void => {
  if (whim === 'cut') {
    socket.terminate();
    return;
  }
  const [created, added, words, audio] = spokenResponse('r1', WORDS, 48_000);
  for (const event of whim === 'empty' ? [created, added, words] : [created, added, words, audio]) {
    if (event !== undefined) say(event);
  }
  if (whim === 'endless') {
    const more = (): void => {
      if (socket.readyState !== socket.OPEN || audio === undefined) return;
      say(audio);
      setImmediate(more);
    };
    more();
    return;
  }
  for (const event of responseEnd('r1', WORDS)) say(event);
};
