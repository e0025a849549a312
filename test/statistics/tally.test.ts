import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, periodOf, periodsBetween } from '../../shared/statistics/period.ts';
import { additionsOf, tallyOfRow } from '../../shared/statistics/statistics-rows.ts';
import {
  addTallies,
  CHANNEL_COUNTERS,
  COUNTERS,
  EMPTY_TALLY,
  histogramOf,
  LATENCY_BOUNDS_MS,
  latencyBucket,
  quantileOf,
  type Tally,
} from '../../shared/statistics/tally.ts';

const count = fc.integer({ min: 0, max: 1_000_000 });
const counts = <Name extends string>(names: readonly Name[]): fc.Arbitrary<Record<Name, number>> =>
  fc
    .tuple(...names.map(() => count))
    .map(
      (numbers) => Object.fromEntries(names.map((name, index) => [name, numbers[index] ?? 0])) as Record<Name, number>,
    );
const anyTally: fc.Arbitrary<Tally> = fc.record({
  counters: counts(COUNTERS),
  latency: fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 20 }).map(histogramOf),
  channels: fc.dictionary(fc.constantFrom('phone', 'browser', 'text', 'whatsapp'), counts(CHANNEL_COUNTERS), {
    noNullPrototype: true,
  }),
});
const sorted = (tally: Tally): Tally => addTallies(tally, EMPTY_TALLY);

describe('tallies', () => {
  it('are added up in any order', () => {
    fc.assert(
      fc.property(anyTally, anyTally, anyTally, (a, b, c) => {
        expect(addTallies(a, b)).toEqual(addTallies(b, a));
        expect(addTallies(addTallies(a, b), c)).toEqual(addTallies(a, addTallies(b, c)));
        expect(addTallies(a, EMPTY_TALLY)).toEqual(sorted(a));
      }),
    );
  });

  it('are what their rows say', () => {
    fc.assert(
      fc.property(anyTally, (tally) => {
        const [addition] = additionsOf('t', { userId: 'u', agentId: 'a', atMs: 0, tally });
        const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = addition ?? {};
        const added = Object.keys(names).filter((name) => name.startsWith('#a'));
        const row = Object.fromEntries(added.map((name) => [names[name] ?? '', values[name.replace('#', ':')]]));
        const shown = tallyOfRow(row);
        const channels = Object.entries(tally.channels).filter(([, of]) => Object.values(of).some((one) => one > 0));
        expect(shown).toEqual(sorted({ ...tally, channels: Object.fromEntries(channels) }));
      }),
    );
  });

  it('know a percentile to its bucket', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.95),
        (latencies, share) => {
          const ascending = latencies.toSorted((a, b) => a - b);
          const exact = ascending[Math.ceil(share * ascending.length) - 1] ?? 0;
          const estimate = quantileOf(histogramOf(latencies), share) ?? -1;
          const bucket = latencyBucket(exact);
          expect(estimate).toBeGreaterThanOrEqual(LATENCY_BOUNDS_MS[bucket - 1] ?? 0);
          expect(estimate).toBeLessThanOrEqual(LATENCY_BOUNDS_MS[bucket] ?? 0);
        },
      ),
    );
    expect([quantileOf(histogramOf([]), 0.5), quantileOf(histogramOf([60_000]), 0.5)]).toEqual([null, 10_000]);
  });
});

describe('periods', () => {
  it('are hours and days in UTC', () => {
    const ms = Date.parse('2026-11-21T23:59:59.999Z');
    expect([
      periodOf('hour', ms),
      periodOf('day', ms),
      beginningOf('hour#2026-11-21T23'),
      beginningOf('day#2026-11-21'),
    ]).toEqual(['hour#2026-11-21T23', 'day#2026-11-21', '2026-11-21T23:00:00.000Z', '2026-11-21T00:00:00.000Z']);
    expect(periodsBetween('hour', ms - 3_600_000, ms + 1)).toEqual([
      'hour#2026-11-21T22',
      'hour#2026-11-21T23',
      'hour#2026-11-22T00',
    ]);
  });

  it('follow one another without gaps, and hold the moment they are named after', () => {
    const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom('hour', 'day'),
        (from, more, granularity) => {
          const lengthMs = granularity === 'hour' ? 3_600_000 : 86_400_000;
          const to = from + more * lengthMs;
          const periods = periodsBetween(granularity, from, to);
          const begins = periods.map((period) => Date.parse(beginningOf(period)));
          expect(periods.at(0)).toBe(periodOf(granularity, from));
          expect(periods.at(-1)).toBe(periodOf(granularity, to));
          expect(begins).toEqual(begins.map((_, index) => (begins[0] ?? 0) + index * lengthMs));
          expect(periods).toEqual(periods.toSorted());
        },
      ),
    );
  });
});
