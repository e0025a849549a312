/** What a chart over time shows. */
export interface ChartData {
  readonly title: string;
  /** Unix seconds at which each period begins, ascending. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** There is no half of what is counted. */
  readonly isCount: boolean;
  /** Of a value, as people read it. */
  readonly format: (value: number) => string;
  readonly kind: 'bars' | 'lines';
  /** Whether periods are hours or days, UTC. */
  readonly granularity: 'hour' | 'day';
}

export interface ChartSeries {
  readonly name: string;
  /** One a period; null where there was nothing to measure. */
  readonly values: readonly (number | null)[];
}

/** A period's beginning in words: `21 Nov`, `21 Nov, 13:00`. */
export const periodName = (unixSeconds: number, granularity: ChartData['granularity']): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
    ...(granularity === 'hour' ? { hour: '2-digit', minute: '2-digit' } : {}),
  }).format(unixSeconds * 1000);

/** The chart's content as a table: a row a period. */
export const chartRows = ({ times, series, format, granularity }: ChartData): readonly (readonly string[])[] =>
  times.map((time, index) => [
    periodName(time, granularity),
    ...series.map(({ values }) => {
      const value = values[index] ?? null;
      return value === null ? '–' : format(value);
    }),
  ]);

/** What a chart says to who does not see it: what it shows, and between which values. */
export function chartSummary({ title, times, series, format, granularity }: ChartData): string {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return `${title}: no data.`;
  const told = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${name}: nothing measured`;
    return `${name}: ${format(Math.min(...known))} to ${format(Math.max(...known))}`;
  });
  return `${title}, ${periodName(first, granularity)} to ${periodName(last, granularity)}. ${told.join('; ')}.`;
}
