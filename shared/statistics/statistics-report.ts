import type * as z from 'zod';
import { beginningOf, type Granularity } from './period.ts';
import type { StatisticsView } from './statistics-views.ts';
import { addTallies, EMPTY_TALLY, quantileOf, type Tally } from './tally.ts';

type View = z.output<typeof StatisticsView>;

/** Periods one by one, those without events included, and all of them together. Pure. */
export const statisticsView = (
  granularity: Granularity,
  periods: readonly string[],
  rows: ReadonlyMap<string, Tally>,
): View => {
  const tallies = periods.map((period) => rows.get(period) ?? EMPTY_TALLY);
  return {
    granularity,
    periods: periods.map((period, index) => ({
      from: beginningOf(period),
      ...tallyView(tallies[index] ?? EMPTY_TALLY),
    })),
    totals: tallyView(tallies.reduce(addTallies, EMPTY_TALLY)),
  };
};

/** A tally as people read it. */
export const tallyView = ({ counters, latency, channels }: Tally): View['totals'] => {
  const { durationMs, ...counted } = counters;
  return {
    ...counted,
    minutes: minutesOf(durationMs),
    latency: {
      measured: latency.reduce((sum, count) => sum + count, 0),
      p50Ms: quantileOf(latency, 0.5),
      p95Ms: quantileOf(latency, 0.95),
    },
    byChannel: Object.entries(channels).map(([channel, { durationMs: talkMs, ...of }]) => ({
      channel,
      ...of,
      minutes: minutesOf(talkMs),
    })),
  };
};

/** To a thousandth: 60 ms. */
const minutesOf = (ms: number): number => Math.round(ms / 60) / 1000;
