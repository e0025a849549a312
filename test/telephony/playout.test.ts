import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlayout } from '../../shared/telephony/playout.ts';

const FORMAT = { encoding: 'mulaw', sampleRateHertz: 8000 } as const;
const playoutOf = () => createPlayout({ format: FORMAT, frameMs: 20, leadMs: 200 });
const audioOf = (ms: number): Uint8Array => new Uint8Array(ms * 8).fill(7);

describe('audio on its way to the phone', () => {
  it('goes out no further ahead than the lead', () => {
    const playout = playoutOf();
    playout.add({ epoch: 1, turn: 3, audio: audioOf(1000) });
    const first = playout.take(5000);
    expect({ pieces: first.pieces.length, endMs: first.pieces.at(-1)?.endMs, again: first.againInMs }).toEqual({
      pieces: 10,
      endMs: 200,
      again: 20,
    });
    expect(playout.take(5000).pieces).toEqual([]);
    expect(playout.take(5100).pieces.map(({ endMs }) => endMs)).toEqual([220, 240, 260, 280, 300]);
  });

  it('tells at a clear how much of the turn was played', () => {
    const playout = playoutOf();
    playout.add({ epoch: 1, turn: 3, audio: audioOf(1000) });
    playout.take(5000);
    playout.take(5100);
    expect(playout.clear(5150)).toEqual({ droppedMs: 850, played: { epoch: 1, turn: 3, playedMs: 150 } });
    expect(playout.take(5160)).toEqual({ pieces: [], againInMs: undefined });
  });

  it('starts at once again after a pause in which everything was played', () => {
    const playout = playoutOf();
    playout.add({ epoch: 1, turn: 1, audio: audioOf(100) });
    playout.take(0);
    playout.add({ epoch: 1, turn: 2, audio: audioOf(40) });
    expect(playout.take(60_000).pieces.map(({ turn, endMs }) => [turn, endMs])).toEqual([
      [2, 20],
      [2, 40],
    ]);
  });

  it('keeps every byte in order, whatever chunks come at whatever times', () => {
    const step = fc.record({ ms: fc.integer({ min: 1, max: 130 }), waitMs: fc.integer({ min: 0, max: 90 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const playout = playoutOf();
        let nowMs = 0;
        let value = 0;
        const sent: number[] = [];
        const given: number[] = [];
        for (const { ms, waitMs } of steps) {
          const audio = Uint8Array.from({ length: ms * 8 }, () => (value = (value + 1) % 251));
          given.push(...audio);
          playout.add({ epoch: 1, turn: 1, audio });
          for (const piece of playout.take(nowMs).pieces) sent.push(...piece.audio);
          nowMs += waitMs;
        }
        for (let again: number | undefined = 0; again !== undefined; ) {
          const { pieces, againInMs } = playout.take(nowMs);
          for (const piece of pieces) sent.push(...piece.audio);
          nowMs += againInMs ?? 0;
          again = againInMs;
        }
        expect(sent).toEqual(given);
      }),
    );
  });
});
