import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hear, neededFrom, START, type TurnEffect, type TurnState } from '../../../local/speech/ears/turn-taking.ts';

const WINDOW = 512;

/** Runs of windows of 32 ms: speech or silence as the detector says it. */
type Run = readonly [speech: boolean, windows: number];

function listenTo(runs: readonly Run[], endOfTurnMs: number) {
  let state: TurnState = START;
  const effects: TurnEffect[] = [];
  const reachedBack: boolean[] = [];
  for (const [speech, windows] of runs) {
    for (let i = 0; i < windows; i++) {
      const kept = neededFrom(state);
      const step = hear(state, { samples: WINDOW, speech }, { endOfTurnMs });
      for (const effect of step.effects) if (effect.type === 'recognize') reachedBack.push(effect.from < kept);
      effects.push(...step.effects);
      state = step.state;
    }
  }
  return { effects, reachedBack, state };
}

const seconds = (value: number): number => Math.round((value * 16_000) / WINDOW);
const types = (effects: readonly TurnEffect[]): string[] =>
  effects.map((effect) => (effect.type === 'recognize' ? (effect.partial ? 'partial' : 'recognize') : effect.type));

describe('a turn', () => {
  it('is recognized when the voice stops, and over when it stays away', () => {
    const { effects } = listenTo(
      [
        [false, 31],
        [true, seconds(1)],
        [false, seconds(1)],
      ],
      500,
    );
    expect({ types: types(effects), over: effects.at(-1) }).toEqual({
      types: ['started', 'partial', 'recognize', 'over'],
      over: { type: 'over', turn: 1, start: 8960, end: 29_056, at: 37_376 },
    });
  });

  it('goes on when the speaker does before it is over', () => {
    const { effects } = listenTo(
      [
        [true, 20],
        [false, 8],
        [true, 20],
        [false, 30],
      ],
      500,
    );
    const recognized = effects.filter((effect) => effect.type === 'recognize' && !effect.partial);
    expect({
      turns: effects.filter(({ type }) => type === 'over').length,
      pieces: recognized.map((effect) => effect.type === 'recognize' && [effect.piece, effect.from]),
    }).toEqual({
      turns: 1,
      pieces: [
        [0, 0],
        [0, 0],
      ],
    });
  });

  it('that is long is recognized in pieces, cut at pauses', () => {
    const { effects } = listenTo(
      [
        [true, seconds(13)],
        [false, 8],
        [true, seconds(3)],
        [false, 40],
      ],
      500,
    );
    const pieces = effects.flatMap((effect) => (effect.type === 'recognize' && !effect.partial ? [effect.piece] : []));
    expect(pieces).toEqual([0, 1]);
  });

  it('without any pause is cut at 24 seconds', () => {
    const { effects } = listenTo(
      [
        [true, seconds(60)],
        [false, 40],
      ],
      500,
    );
    const lengths = effects.flatMap((effect) =>
      effect.type === 'recognize' && !effect.partial ? [Math.round((effect.to - effect.from) / 16_000)] : [],
    );
    expect(lengths).toEqual([24, 24, 12]);
  });

  it('starts and ends alternately, its last piece recognized before its end, whatever is heard', () => {
    const run = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 900 }));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), fc.integer({ min: 0, max: 3000 }), (runs, endOfTurnMs) => {
        const { effects, reachedBack, state } = listenTo([...runs, [false, 200]], endOfTurnMs);
        const frame = effects.filter(({ type }) => type !== 'recognize').map(({ type }) => type);
        expect(frame).toEqual(frame.map((_, i) => (i % 2 === 0 ? 'started' : 'over')));
        expect(frame.length % 2).toBe(0);
        expect(state.turn).toBeUndefined();
        expect(reachedBack).not.toContain(true);
        for (const over of effects.filter((effect) => effect.type === 'over')) {
          const pieces = effects.filter(
            (effect) => effect.type === 'recognize' && effect.turn === over.turn && !effect.partial,
          );
          expect(pieces.at(-1)).toMatchObject({ to: expect.toSatisfy((to: number) => to >= over.end) });
          expect(over.start).toBeLessThanOrEqual(over.end);
        }
      }),
    );
  });
});
