import { expect, test } from 'vitest';
import { type Delay, delaysTable } from '../../bench/live/delays.ts';
import { measureLive } from '../../bench/live/live.ts';

const delay = (ms: readonly number[], barMs?: number): Delay => ({
  what: 'a wish until it is heard',
  ms,
  baseline: { what: 'a call', ms: 50 },
  ...(barMs === undefined ? {} : { barMs }),
});

test('a row has the middle and the worst, the ratio of the middle to its baseline, and holds the worst against the bar', () => {
  const rows = delaysTable([delay([30, 20, 100], 100), delay([30, 20, 101], 100), delay([5])]).split('\n');
  expect(rows.slice(2)).toEqual([
    '| a wish until it is heard | 3 | 30 | 100 | a call | 50 | 0.60× | ≤ 100: met |',
    '| a wish until it is heard | 3 | 30 | 101 | a call | 50 | 0.60× | ≤ 100: missed |',
    '| a wish until it is heard | 1 | 5.0 | 5.0 | a call | 50 | 0.10× | none |',
  ]);
});

test('parts stand below each other, each with its sentence', async () => {
  const part = (name: string) => ({ heading: `${name}:`, measure: async () => `table of ${name}` });
  expect(await measureLive([part('one'), part('two')])).toBe('one:\n\ntable of one\n\ntwo:\n\ntable of two');
});
