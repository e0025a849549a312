import { expect, test } from 'vitest';
import { chartRows, chartSummary } from '../../../web/dashboard/charts/chart-data.ts';
import { chartsOf, isEmpty, keyFigures, type Statistics } from '../../../web/dashboard/statistics/statistics-charts.ts';
import { statisticsFile } from '../../../web/dashboard/statistics/statistics-file.ts';

type Totals = Statistics['totals'];

const totalsOf = (fields: Partial<Totals> = {}): Totals => ({
  calls: 0,
  failedCalls: 0,
  minutes: 0,
  answers: 0,
  interruptions: 0,
  handOffs: 0,
  toolCalls: 0,
  toolErrors: 0,
  costMicroUsd: 0,
  latency: { measured: 0, p50Ms: null, p95Ms: null },
  byChannel: [],
  ...fields,
});

const busy = totalsOf({
  calls: 12,
  minutes: 31.25,
  answers: 40,
  toolCalls: 9,
  toolErrors: 1,
  costMicroUsd: 123_456,
  latency: { measured: 40, p50Ms: 640, p95Ms: 1500 },
});
const statistics: Statistics = {
  granularity: 'day',
  periods: [
    { from: '2026-11-20T00:00:00.000Z', ...totalsOf() },
    { from: '2026-11-21T00:00:00.000Z', ...busy },
  ],
  totals: busy,
};

test('a chart and its table have a value a period, and a gap where nothing was measured', () => {
  const charts = chartsOf(statistics);
  expect(charts.map(({ title }) => title)).toEqual([
    'Calls',
    'Minutes',
    'Cost',
    'Answer latency',
    'Interruptions and hand-offs',
    'Tools',
  ]);
  const [latency] = charts.filter(({ title }) => title === 'Answer latency');
  expect(latency && { rows: chartRows(latency), summary: chartSummary(latency) }).toEqual({
    rows: [
      ['20 Nov', '–', '–'],
      ['21 Nov', '640 ms', '1.50 s'],
    ],
    summary: 'Answer latency, 20 Nov to 21 Nov. Median: 640 ms to 640 ms; 95th percentile: 1.50 s to 1.50 s.',
  });
});

test('hours are told as such, and a chart without periods says so', () => {
  const hourly = chartsOf({ ...statistics, granularity: 'hour' })[0];
  expect(hourly && chartRows(hourly)[1]).toEqual(['21 Nov, 00:00', '12']);
  const empty = chartsOf({ ...statistics, periods: [] })[0];
  expect(empty && chartSummary(empty)).toBe('Calls: no data.');
});

test('key figures are the totals in words', () => {
  expect(Object.fromEntries(keyFigures(statistics))).toEqual({
    Calls: '12',
    'Failed calls': '0',
    Minutes: '31.3 min',
    Cost: '$0.1235',
    Answers: '40',
    'Answer latency, median': '640 ms',
    'Answer latency, p95': '1.50 s',
    Interruptions: '0',
    'Hand-offs': '0',
    'Tool errors': '1 of 9',
  });
  expect([isEmpty(statistics), isEmpty({ ...statistics, totals: totalsOf() })]).toEqual([false, true]);
});

test('what is shown is exported, a line a period and one of all', () => {
  expect(statisticsFile(statistics)).toEqual({
    name: 'statistics-by-day-2026-11-20.csv',
    type: 'text/csv',
    content: [
      'from,calls,failedCalls,minutes,answers,latencyP50Ms,latencyP95Ms,interruptions,handOffs,toolCalls,toolErrors,costUsd',
      '2026-11-20T00:00:00.000Z,0,0,0,0,,,0,0,0,0,0',
      '2026-11-21T00:00:00.000Z,12,0,31.25,40,640,1500,0,0,9,1,0.123456',
      'total,12,0,31.25,40,640,1500,0,0,9,1,0.123456',
      '',
    ].join('\r\n'),
  });
});
