import type { CallRow } from './call-types.ts';

/** What a list of calls is narrowed to; kept in the page's address, so that it can be passed on. */
export interface CallFilters {
  readonly agentId?: string;
  readonly status?: CallRow['status'];
  readonly channel?: CallRow['channel'];
  readonly direction?: CallRow['direction'];
  /** Days as `2026-11-21`, by the reader's own clock; both included. */
  readonly from?: string;
  readonly to?: string;
  /** Words that the API looks for: numbers, names, what was said. */
  readonly words?: string;
}

export const CALL_STATUSES = [
  'queued',
  'ringing',
  'starting',
  'active',
  'completed',
  'failed',
] as const satisfies readonly CallRow['status'][];
export const CHANNELS = ['browser', 'phone'] as const satisfies readonly CallRow['channel'][];
export const DIRECTIONS = ['inbound', 'outbound'] as const satisfies readonly CallRow['direction'][];

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const oneOf = <const Values extends readonly string[]>(
  values: Values,
  text: string | null,
): Values[number] | undefined => values.find((value) => value === text);
const day = (text: string | null): string | undefined => (text !== null && DAY.test(text) ? text : undefined);
const some = (text: string | null): string | undefined => text?.trim() || undefined;

/** Filters in an address; what makes no sense there is left out. */
export const filtersFrom = (search: URLSearchParams): CallFilters =>
  defined({
    agentId: some(search.get('agentId')),
    status: oneOf(CALL_STATUSES, search.get('status')),
    channel: oneOf(CHANNELS, search.get('channel')),
    direction: oneOf(DIRECTIONS, search.get('direction')),
    from: day(search.get('from')),
    to: day(search.get('to')),
    words: some(search.get('words')),
  });

/** Filters as an address has them: `?status=active`, or nothing. */
export function searchOf(filters: CallFilters): string {
  const search = new URLSearchParams(Object.entries(defined(filters)) as [string, string][]);
  return search.size === 0 ? '' : `?${search}`;
}

/** As `GET /calls` is asked; days become moments of the reader's clock. */
export const queryOf = ({ from, to, agentId, status, channel, direction, words = '' }: CallFilters) =>
  defined({
    q: isSearchable(words) ? words : undefined,
    agentId,
    status,
    channel,
    direction,
    from: from === undefined ? undefined : new Date(`${from}T00:00:00`).toISOString(),
    to: to === undefined ? undefined : new Date(`${to}T23:59:59.999`).toISOString(),
  });

/** What the API can look for: a word of two letters or digits at least. */
export const isSearchable = (words: string): boolean => /[\p{L}\p{N}]{2}/u.test(words);

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };
const defined = <T extends object>(values: T): Partial<Defined<T>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Defined<T>>;
