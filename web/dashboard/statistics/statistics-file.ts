import type { ExportFile } from '../calls/call-files.ts';
import { type CsvColumn, csvOf } from '../calls/csv.ts';
import type { Statistics } from './statistics-charts.ts';

type Line = Statistics['totals'] & { readonly from: string };

const COLUMNS: readonly CsvColumn<Line>[] = [
  ['from', ({ from }) => from],
  ['calls', ({ calls }) => calls],
  ['failedCalls', ({ failedCalls }) => failedCalls],
  ['minutes', ({ minutes }) => minutes],
  ['answers', ({ answers }) => answers],
  ['latencyP50Ms', ({ latency }) => latency.p50Ms],
  ['latencyP95Ms', ({ latency }) => latency.p95Ms],
  ['interruptions', ({ interruptions }) => interruptions],
  ['handOffs', ({ handOffs }) => handOffs],
  ['toolCalls', ({ toolCalls }) => toolCalls],
  ['toolErrors', ({ toolErrors }) => toolErrors],
  ['costUsd', ({ costMicroUsd }) => costMicroUsd / 1_000_000],
];

/** What the charts show, a line a period and one of all: percentiles cannot be added up by who reads it. */
export const statisticsFile = ({ granularity, periods, totals }: Statistics): ExportFile => ({
  name: `statistics-by-${granularity}-${(periods[0]?.from ?? '').slice(0, 10)}.csv`,
  type: 'text/csv',
  content: csvOf(COLUMNS, [...periods, { from: 'total', ...totals }]),
});
