export const GRANULARITIES = ['hour', 'day'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

const LENGTH_MS: Readonly<Record<Granularity, number>> = { hour: 3_600_000, day: 86_400_000 };
/** Letters of an ISO 8601 moment that name the period: `2026-11-21T13`, `2026-11-21`. */
const LETTERS: Readonly<Record<Granularity, number>> = { hour: 13, day: 10 };

/** The sort key of a period's row, in UTC: `hour#2026-11-21T13`, `day#2026-11-21`. */
export const periodOf = (granularity: Granularity, ms: number): string =>
  `${granularity}#${new Date(ms).toISOString().slice(0, LETTERS[granularity])}`;

/** When a period begins: `2026-11-21T13:00:00.000Z`. */
export const beginningOf = (period: string): string => {
  const [granularity, text = ''] = period.split('#');
  return new Date(granularity === 'hour' ? `${text}:00:00Z` : `${text}T00:00:00Z`).toISOString();
};

/** All periods that have a moment from `fromMs` to `toMs` in them, the oldest first. */
export const periodsBetween = (granularity: Granularity, fromMs: number, toMs: number): readonly string[] => {
  const lengthMs = LENGTH_MS[granularity];
  const first = Math.floor(fromMs / lengthMs);
  const count = Math.max(0, Math.floor(toMs / lengthMs) - first + 1);
  return Array.from({ length: count }, (_, index) => periodOf(granularity, (first + index) * lengthMs));
};

export const periodsSpanned = (granularity: Granularity, fromMs: number, toMs: number): number =>
  Math.floor(toMs / LENGTH_MS[granularity]) - Math.floor(fromMs / LENGTH_MS[granularity]) + 1;
