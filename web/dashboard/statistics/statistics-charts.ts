import type * as z from 'zod';
import type { StatisticsView } from '../../../shared/statistics/statistics-views.ts';
import { asDollars, asLatency } from '../calls/words.ts';
import type { ChartData } from '../charts/chart-data.ts';

/** What `GET /statistics` tells. */
export type Statistics = z.output<typeof StatisticsView>;
type Period = Statistics['periods'][number];

const asCount = (value: number): string => Math.round(value).toLocaleString('en-US');
const asMinutes = (value: number): string => `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} min`;

/** A chart's values from a period. */
interface ChartPlan {
  readonly title: string;
  readonly kind: ChartData['kind'];
  readonly format: (value: number) => string;
  readonly series: readonly (readonly [name: string, value: (period: Period) => number | null])[];
}

const PLANS: readonly ChartPlan[] = [
  { title: 'Calls', kind: 'bars', format: asCount, series: [['Calls', (period) => period.calls]] },
  { title: 'Minutes', kind: 'bars', format: asMinutes, series: [['Minutes', (period) => period.minutes]] },
  { title: 'Cost', kind: 'bars', format: asDollars, series: [['Cost', (period) => period.costMicroUsd]] },
  {
    title: 'Answer latency',
    kind: 'lines',
    format: asLatency,
    series: [
      ['Median', ({ latency }) => latency.p50Ms],
      ['95th percentile', ({ latency }) => latency.p95Ms],
    ],
  },
  {
    title: 'Interruptions and hand-offs',
    kind: 'lines',
    format: asCount,
    series: [
      ['Interruptions', (period) => period.interruptions],
      ['Hand-offs', (period) => period.handOffs],
    ],
  },
  {
    title: 'Tools',
    kind: 'lines',
    format: asCount,
    series: [
      ['Tool calls', (period) => period.toolCalls],
      ['Tool errors', (period) => period.toolErrors],
    ],
  },
];

/** Every chart of the page. */
export const chartsOf = ({ periods, granularity }: Statistics): readonly ChartData[] => {
  const times = periods.map(({ from }) => Date.parse(from) / 1000);
  return PLANS.map(({ title, kind, format, series }) => ({
    title,
    kind,
    format,
    isCount: format === asCount,
    granularity,
    times,
    series: series.map(([name, value]) => ({ name, values: periods.map(value) })),
  }));
};

/** The range's totals as people read them. */
export const keyFigures = ({ totals }: Statistics): readonly (readonly [label: string, value: string])[] => [
  ['Calls', asCount(totals.calls)],
  ['Failed calls', asCount(totals.failedCalls)],
  ['Minutes', asMinutes(totals.minutes)],
  ['Cost', asDollars(totals.costMicroUsd)],
  ['Answers', asCount(totals.answers)],
  ['Answer latency, median', asLatency(totals.latency.p50Ms)],
  ['Answer latency, p95', asLatency(totals.latency.p95Ms)],
  ['Interruptions', asCount(totals.interruptions)],
  ['Hand-offs', asCount(totals.handOffs)],
  ['Tool errors', `${asCount(totals.toolErrors)} of ${asCount(totals.toolCalls)}`],
];

/** Nobody called or wrote. */
export const isEmpty = ({ totals }: Statistics): boolean => totals.calls === 0 && totals.answers === 0;
