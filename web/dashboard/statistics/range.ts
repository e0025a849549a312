/** What is looked at: so many days back from now, or days by their names; UTC, as statistics are counted. */
export type Range =
  | { readonly kind: 'last'; readonly amount: number; readonly unit: 'hour' | 'day' }
  | { readonly kind: 'days'; readonly from: string; readonly to: string };

export type Granularity = 'hour' | 'day';

const USUAL_RANGE: Range = { kind: 'last', amount: 7, unit: 'day' };
/** What the picker offers at once. */
export const OFFERED = [
  { amount: 24, unit: 'hour' },
  { amount: 7, unit: 'day' },
  { amount: 30, unit: 'day' },
  { amount: 90, unit: 'day' },
] as const;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours are kept for 32 days (`StatisticsQuery`). */
const HOURS_KEPT_DAYS = 32;
/** More hours than this are too narrow to tell apart in a chart. */
const HOURS_SHOWN_DAYS = 3;
/** The API answers so many periods at most. */
const MOST_DAYS = 400;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LAST = /^(\d{1,3})([hd])$/;

const isDay = (text: string): boolean => DAY.test(text) && Number.isFinite(Date.parse(text));

/** As it stands in the page's address: `7d`, `24h`, `2026-11-01..2026-11-21`; the usual range for anything else. */
export function rangeFrom(text: string | null): Range {
  const [, amount, unit] = LAST.exec(text ?? '') ?? [];
  if (amount !== undefined && Number(amount) > 0) {
    return { kind: 'last', amount: Number(amount), unit: unit === 'h' ? 'hour' : 'day' };
  }
  const [from = '', to = ''] = (text ?? '').split('..');
  return isDay(from) && isDay(to) && from <= to ? { kind: 'days', from, to } : USUAL_RANGE;
}

export const rangeText = (range: Range): string =>
  range.kind === 'last' ? `${range.amount}${range.unit === 'hour' ? 'h' : 'd'}` : `${range.from}..${range.to}`;

/** Why a range cannot be looked at; undefined when it can. */
export function rangeObstacle(range: Range): string | undefined {
  const { fromMs, toMs } = boundsOf(range, 0);
  if (toMs < fromMs) return 'The last day comes before the first.';
  return toMs - fromMs > MOST_DAYS * DAY_MS ? `Choose ${MOST_DAYS} days at most.` : undefined;
}

function boundsOf(range: Range, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  if (range.kind === 'days') {
    return { fromMs: Date.parse(`${range.from}T00:00:00Z`), toMs: Date.parse(`${range.to}T23:59:59Z`) };
  }
  // The present hour or day is one of them.
  const length = range.unit === 'hour' ? HOUR_MS : DAY_MS;
  return { fromMs: nowMs - (range.amount - 1) * length, toMs: nowMs };
}

/** How finely a range can be shown. */
export function granularitiesOf(range: Range, nowMs: number): readonly Granularity[] {
  const { fromMs, toMs } = boundsOf(range, nowMs);
  if (range.kind === 'last' && range.unit === 'hour' && range.amount <= 24) return ['hour'];
  const hoursAreKept = nowMs - fromMs <= HOURS_KEPT_DAYS * DAY_MS;
  return hoursAreKept && toMs - fromMs <= 7 * DAY_MS ? ['hour', 'day'] : ['day'];
}

/** What is asked of the API; `wanted` counts where the range has it. Bounds are whole minutes, so that answers are kept. */
export function queryOf(range: Range, wanted: Granularity | undefined, nowMs: number) {
  const { fromMs, toMs } = boundsOf(range, Math.floor(nowMs / 60_000) * 60_000);
  const possible = granularitiesOf(range, nowMs);
  const usual =
    possible.includes('hour') && toMs - fromMs <= HOURS_SHOWN_DAYS * DAY_MS ? 'hour' : (possible.at(-1) ?? 'day');
  const granularity = wanted !== undefined && possible.includes(wanted) ? wanted : usual;
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), granularity };
}
