import { parentPort } from 'node:worker_threads';
import type { HeardEffect } from '../../../../local/speech/ears/listener.ts';
import type { FromListener, ToListener } from '../../../../local/speech/ears/listener-thread.ts';
import { DISMISSAL } from '../../../../local/speech/workers/dismiss.ts';

/** What happens is said by the first byte of each chunk: the begin of a turn, words in it, its end, or the thread's. */
const EFFECTS: Readonly<Record<number, readonly HeardEffect[]>> = {
  1: [{ type: 'started', at: 16_000 }],
  2: [{ type: 'recognize', turn: 1, piece: 0, partial: false, from: 0, to: 1, audio: Float32Array.of(1) }],
  3: [{ type: 'over', turn: 1, start: 16_000, end: 32_000, at: 40_000 }],
  4: [{ type: 'recognize', turn: 1, piece: 1, partial: false, from: 0, to: 1, audio: Float32Array.of(2) }],
  5: [{ type: 'recognize', turn: 1, piece: 0, partial: true, from: 0, to: 1, audio: Float32Array.of(3) }],
};
const LAST_WORD = 9;

parentPort?.on('message', (message: ToListener | typeof DISMISSAL) => {
  if (message === DISMISSAL) return parentPort?.close();
  if (message.type !== 'audio') return;
  const [first = 0] = message.pcm;
  if (first === LAST_WORD) process.exit(1);
  const heard: FromListener = { ear: message.ear, bytes: message.pcm.length, effects: EFFECTS[first] ?? [] };
  parentPort?.postMessage(heard);
});
