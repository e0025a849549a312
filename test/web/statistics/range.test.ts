import { describe, expect, test } from 'vitest';
import {
  granularitiesOf,
  queryOf,
  rangeFrom,
  rangeObstacle,
  rangeText,
} from '../../../web/dashboard/statistics/range.ts';

const NOW_MS = Date.parse('2026-11-21T09:30:45Z');

describe('the range of statistics', () => {
  test('survives the page’s address, and nonsense is the last week', () => {
    const texts = ['24h', '30d', '2026-11-01..2026-11-21'];
    expect(texts.map((text) => rangeText(rangeFrom(text)))).toEqual(texts);
    const nonsense = [null, '', '0d', '7w', '2026-11-21..2026-11-01', '2026-13-01..2026-13-02', '1000d'];
    expect(nonsense.map((text) => rangeText(rangeFrom(text)))).toEqual(nonsense.map(() => '7d'));
  });

  test.for([
    ['24h', undefined, '2026-11-20T10:30:00.000Z', '2026-11-21T09:30:00.000Z', 'hour'],
    ['7d', undefined, '2026-11-15T09:30:00.000Z', '2026-11-21T09:30:00.000Z', 'day'],
    ['7d', 'hour', '2026-11-15T09:30:00.000Z', '2026-11-21T09:30:00.000Z', 'hour'],
    ['90d', 'hour', '2026-08-24T09:30:00.000Z', '2026-11-21T09:30:00.000Z', 'day'],
    ['2026-11-20..2026-11-21', undefined, '2026-11-20T00:00:00.000Z', '2026-11-21T23:59:59.000Z', 'hour'],
    ['2026-01-01..2026-01-02', 'hour', '2026-01-01T00:00:00.000Z', '2026-01-02T23:59:59.000Z', 'day'],
  ] as const)('%s by %s is asked for as %s to %s by %s', ([text, wanted, from, to, granularity]) => {
    expect(queryOf(rangeFrom(text), wanted, NOW_MS)).toEqual({ from, to, granularity });
  });

  test('hours are offered as far back as they are kept', () => {
    const texts = ['24h', '7d', '30d', '2026-11-01..2026-11-03', '2026-10-01..2026-10-03'];
    expect(texts.map((text) => granularitiesOf(rangeFrom(text), NOW_MS))).toEqual([
      ['hour'],
      ['hour', 'day'],
      ['day'],
      ['hour', 'day'],
      ['day'],
    ]);
  });

  test('more days than the API answers are refused in words', () => {
    expect(rangeObstacle({ kind: 'days', from: '2025-01-01', to: '2026-11-21' })).toBe('Choose 400 days at most.');
    expect(rangeObstacle({ kind: 'days', from: '2026-11-02', to: '2026-11-01' })).toMatch(/comes before/);
    expect(rangeObstacle({ kind: 'last', amount: 90, unit: 'day' })).toBeUndefined();
  });
});
