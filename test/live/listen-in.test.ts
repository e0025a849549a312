import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { listenIn } from '../../shared/live/listen-in.ts';

const MULAW = { encoding: 'mulaw', sampleRateHertz: 8000 } as const;
const lengthOf = (pieces: readonly { readonly role: string; readonly audio: Uint8Array }[], role: string): number =>
  pieces.filter((piece) => piece.role === role).reduce((sum, { audio }) => sum + audio.length, 0);

test('the agent’s bursts are heard as fast as they are spoken, the caller’s words at once', () => {
  const ears = listenIn(MULAW, MULAW);
  ears.agent(new Uint8Array(8000), 1000);
  ears.caller(new Uint8Array(160));
  const heard = [1000, 1200, 1400, 3000].map((nowMs) => {
    const pieces = ears.take(nowMs);
    return { agent: lengthOf(pieces, 'agent') / 8, caller: lengthOf(pieces, 'caller') / 8 };
  });
  expect(heard).toEqual([
    { agent: 200, caller: 20 },
    { agent: 200, caller: 0 },
    { agent: 200, caller: 0 },
    { agent: 400, caller: 0 },
  ]);
});

test('an agent that is cut off is heard no further, and what it says next is heard at once', () => {
  const ears = listenIn(MULAW, MULAW);
  ears.agent(new Uint8Array(80_000), 0);
  ears.take(0);
  ears.cut();
  const afterCut = ears.take(200);
  ears.agent(new Uint8Array(800).fill(7), 300);
  expect([afterCut, ears.take(300)]).toEqual([[], [{ role: 'agent', audio: new Uint8Array(800).fill(7) }]]);
});

test('both voices come as µ-law of 8 kHz, whatever the line has', () => {
  const ears = listenIn({ encoding: 'pcm16', sampleRateHertz: 16_000 }, { encoding: 'pcm16', sampleRateHertz: 24_000 });
  ears.caller(new Uint8Array(16_000 * 2));
  ears.agent(new Uint8Array(24_000 * 2), 0);
  const pieces = ears.take(60_000);
  expect(lengthOf(pieces, 'caller')).toBeGreaterThan(7900);
  expect(lengthOf(pieces, 'agent')).toBeGreaterThan(7900);
  expect(lengthOf(pieces, 'caller')).toBeLessThanOrEqual(8000);
});

test('nothing is heard twice, out of order or before its time', () => {
  const said = fc.record({ waitMs: fc.integer({ min: 0, max: 900 }), ms: fc.integer({ min: 1, max: 2000 }) });
  fc.assert(
    fc.property(fc.array(said, { maxLength: 30 }), (burstsOfAgent) => {
      const ears = listenIn(MULAW, MULAW);
      let nowMs = 0;
      let sample = 0;
      const heard: number[] = [];
      const take = () => {
        for (const { audio } of ears.take(nowMs)) heard.push(...audio);
      };
      for (const { waitMs, ms } of burstsOfAgent) {
        nowMs += waitMs;
        take();
        expect(heard.length / 8).toBeLessThanOrEqual(nowMs + 200);
        ears.agent(
          Uint8Array.from({ length: ms * 8 }, () => sample++ % 251),
          nowMs,
        );
      }
      nowMs += 200_000;
      take();
      expect(heard).toEqual(Array.from({ length: sample }, (_, index) => index % 251));
    }),
    { numRuns: 40 },
  );
});
