import { expect, test } from 'vitest';
import type { StoryLine } from '../../../web/dashboard/calls/story.ts';
import { marksOf, nextMark, PICTURE, ticksOf } from '../../../web/dashboard/calls/timeline-layout.ts';

const lineOf = (fields: Partial<StoryLine>): StoryLine => ({
  id: 'x',
  lane: 'agent',
  kind: 'speech',
  fromMs: 0,
  toMs: 0,
  title: '',
  text: '',
  ...fields,
});
const inner = PICTURE.width - PICTURE.left - PICTURE.right;

test('marks stand on their lanes, as long as what they show and never too small to hit', () => {
  const marks = marksOf(
    [
      lineOf({ fromMs: 2500, toMs: 7500 }),
      lineOf({ lane: 'caller', fromMs: 10_000, toMs: 10_000 }),
      lineOf({ lane: 'event', kind: 'tool', fromMs: 0, toMs: 1 }),
      lineOf({ lane: 'event', kind: 'operator', fromMs: 5000, toMs: 5000 }),
    ],
    10_000,
  );
  expect(marks.map(({ x, y, width, shape }) => ({ x, y, width, shape }))).toEqual([
    { x: PICTURE.left + inner / 4, y: 58, width: inner / 2, shape: 'bar' },
    { x: PICTURE.left + inner, y: 22, width: 6, shape: 'circle' },
    { x: PICTURE.left, y: 94, width: 6, shape: 'bar' },
    { x: PICTURE.left + inner / 2, y: 94, width: 6, shape: 'square' },
  ]);
});

test.for([
  [1000, 1000],
  [9000, 1000],
  [61_000, 10_000],
  [400_000, 60_000],
  [15 * 3_600_000, 5_400_000],
] as const)('a call of %i ms has a tick every %i ms', ([lengthMs, stepMs]) => {
  const ticks = ticksOf(lengthMs);
  expect(ticks.map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: Math.floor(lengthMs / stepMs) + 1 }, (_, index) => index * stepMs),
  );
  expect(ticks.length).toBeLessThanOrEqual(11);
});

test('arrows lead along the timeline and stop at its ends; other keys are nobody’s', () => {
  const keys = ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'Home', 'End', 'Tab'];
  expect(keys.map((key) => nextMark(key, 0, 3))).toEqual([1, 1, 0, 0, 0, 2, undefined]);
  expect(keys.map((key) => nextMark(key, 2, 3))).toEqual([2, 2, 1, 1, 0, 2, undefined]);
});
