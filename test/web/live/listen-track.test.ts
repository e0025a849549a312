import { expect, test } from 'vitest';
import { encodeMuLaw } from '../../../audio/mulaw.ts';
import { type ListenMessage, listenTrack } from '../../../web/dashboard/live/listen-track.ts';
import { CALL_ID } from './support.ts';

const SAMPLES = 160;
const tone = Int16Array.from({ length: SAMPLES }, (_, index) => Math.round(16_000 * Math.sin(index / 4)));
const heard = (seq: number): ListenMessage => ({
  type: 'call.audio',
  callId: CALL_ID,
  seq,
  role: 'caller',
  sampleRateHertz: 8000,
  audio: Buffer.from(encodeMuLaw(tone)).toString('base64'),
});

test('µ-law of a call becomes samples at the loudspeaker’s rate; a new owner’s counting is a new epoch', () => {
  const frameOf = listenTrack(48_000);
  const frames = [7, 8, 10, 0, 1].map((seq) => frameOf(heard(seq)));
  expect(frames.map(({ epoch, seq }) => [epoch, seq])).toEqual([
    [1, 7],
    [1, 8],
    [1, 10],
    [2, 0],
    [2, 1],
  ]);
  // A resampler keeps a few samples back until the next frame comes.
  const total = frames.reduce((sum, { samples }) => sum + samples.length, 0);
  expect(Math.abs(total - 5 * SAMPLES * 6)).toBeLessThan(SAMPLES * 6);
  expect(Math.max(...(frames[1]?.samples ?? []))).toBeGreaterThan(0.4);
});
