import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createFrameWindow,
  FRAME_WINDOW_BOUNDS,
  RELAY_WINDOW_BOUNDS,
} from '../../../shared/voice/protocol/frame-window.ts';

const { maxHeld, maxHoldMs } = FRAME_WINDOW_BOUNDS;

/** Pushes frames 20 ms apart and lets the window expire at the end. */
function throughWindow(seqs: readonly number[]) {
  const window = createFrameWindow<number>();
  const releases = seqs.map((seq, index) => window.push(seq, seq, index));
  releases.push(window.expire(seqs.length + maxHoldMs));
  return {
    frames: releases.flatMap(({ frames }) => frames),
    lost: releases.reduce((sum, { lost }) => sum + lost, 0),
    held: window.held(),
  };
}

/** An order in which at most `maxHeld` later frames overtake any frame. */
const boundedOrder = fc.array(fc.integer({ min: 0, max: maxHeld }), { minLength: 1, maxLength: 80 }).map((delays) =>
  delays
    .map((delay, seq) => ({ seq, at: seq + delay }))
    .sort((a, b) => a.at - b.at || a.seq - b.seq)
    .map(({ seq }) => seq),
);

describe('the window that puts frames right', () => {
  it('brings any order within its bound back into order and loses nothing', () => {
    fc.assert(
      fc.property(boundedOrder, (order) => {
        const window = createFrameWindow<number>();
        const frames = order.flatMap((seq) => window.push(seq, seq, 0).frames);
        expect({ frames, held: window.held() }).toEqual({ frames: order.map((_, seq) => seq), held: 0 });
      }),
    );
  });

  it('gives each number at most once and in order, whatever is lost, doubled or late, and counts the lost exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 150 }), (seqs) => {
        const { frames, lost, held } = throughWindow(seqs);
        expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
        expect(held).toBe(0);
        expect(frames.length + lost).toBe(seqs.length === 0 ? 0 : Math.max(...seqs) + 1);
      }),
    );
  });

  it('never holds more than its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000_000_000 }), { maxLength: 100 }), (seqs) => {
        const window = createFrameWindow<number>();
        for (const seq of seqs) {
          window.push(seq, seq, 0);
          expect(window.held()).toBeLessThanOrEqual(maxHeld);
        }
      }),
    );
  });

  it('waits for a gap no longer than its time, and drops what comes after', () => {
    const window = createFrameWindow<string>();
    window.push(0, 'a', 0);
    expect([
      window.push(2, 'c', 20),
      window.expire(20 + maxHoldMs - 1),
      window.expire(20 + maxHoldMs),
      window.push(1, 'b', 141),
      window.push(3, 'd', 142),
    ]).toEqual([
      { frames: [], lost: 0 },
      { frames: [], lost: 0 },
      { frames: ['c'], lost: 1 },
      { frames: [], lost: 0 },
      { frames: ['d'], lost: 0 },
    ]);
  });

  it('starts anew after a resume without counting the time away as lost, even when the first frames are swapped', () => {
    const window = createFrameWindow<number>();
    window.push(0, 0, 0);
    window.push(2, 2, 20);
    expect([
      window.restart(),
      window.push(1, 1, 5000),
      window.push(41, 41, 5000),
      window.push(40, 40, 5001),
      window.expire(5000 + maxHoldMs),
      window.push(42, 42, 5200),
    ]).toEqual([
      { frames: [2], lost: 1 },
      { frames: [], lost: 0 },
      { frames: [], lost: 0 },
      { frames: [], lost: 0 },
      { frames: [40, 41], lost: 0 },
      { frames: [42], lost: 0 },
    ]);
  });

  it('waits behind the WebSocket API for a frame that met a function which had to start, and for nothing before the first', () => {
    const window = createFrameWindow<number>(RELAY_WINDOW_BOUNDS);
    window.restart();
    const released = [
      window.push(0, 0, 0),
      ...Array.from({ length: 17 }, (_, i) => window.push(i + 2, i + 2, 80 + i * 40)),
      window.push(1, 1, 760),
    ];
    expect(released.filter(({ frames }) => frames.length > 0)).toEqual([
      { frames: [0], lost: 0 },
      { frames: Array.from({ length: 18 }, (_, i) => i + 1), lost: 0 },
    ]);
    window.restart();
    window.push(40, 40, 2000);
    expect(window.expire(2120)).toEqual({ frames: [40], lost: 0 });
  });

  it('starts where a client was asked to send again from, and waits for that before it lets go what came since', () => {
    const window = createFrameWindow<number>(RELAY_WINDOW_BOUNDS);
    window.restart();
    window.expect(40, 0);
    expect([
      window.push(50, 50, 10),
      window.expire(1500),
      window.push(41, 41, 1510),
      window.push(40, 40, 1511),
      ...[42, 43, 44, 45, 46, 47, 48].map((seq) => window.push(seq, seq, 1520)),
      window.push(49, 49, 1530),
      window.push(50, 50, 1540),
    ]).toEqual([
      ...Array.from({ length: 3 }, () => ({ frames: [], lost: 0 })),
      { frames: [40, 41], lost: 0 },
      ...[42, 43, 44, 45, 46, 47, 48].map((seq) => ({ frames: [seq], lost: 0 })),
      { frames: [49, 50], lost: 0 },
      { frames: [], lost: 0 },
    ]);
  });

  it('does without what is never sent again, and counts none of it as lost', () => {
    const window = createFrameWindow<number>(RELAY_WINDOW_BOUNDS);
    window.restart();
    window.expect(40, 0);
    window.push(50, 50, 10);
    expect([window.expire(2400), window.expire(2500), window.push(45, 45, 2600)]).toEqual([
      { frames: [], lost: 0 },
      { frames: [50], lost: 0 },
      { frames: [], lost: 0 },
    ]);
  });
});
