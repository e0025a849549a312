import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { OratioClient } from '../../../client/index.ts';
import { useClient } from '../shell/use-client.ts';
import type { CallRow } from './call-types.ts';
import { type CallFilters, queryOf } from './filters.ts';

export const PAGE_SIZE = 25;
/** How many calls an export has at most. */
export const EXPORTED_CALLS = 10_000;

/**
 * Calls that match filters, newest first, as far as the page that is looked at. An answer of the API may hold fewer
 * calls than were asked for where it looks through others: then more are read.
 */
export function useCalls(filters: CallFilters, page: number) {
  const client = useClient();
  const asked = queryOf(filters);
  const query = useInfiniteQuery({
    queryKey: ['calls', asked],
    queryFn: async ({ pageParam, signal }) => {
      const cursor = pageParam === '' ? {} : { cursor: pageParam };
      return (await client.call('listCalls', { query: { ...asked, limit: PAGE_SIZE, ...cursor }, signal })).data;
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage, data } = query;
  const calls = useMemo(() => data?.pages.flatMap((one) => one.calls) ?? [], [data]);
  const goesOn = hasNextPage && !isError && calls.length < page * PAGE_SIZE;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return { query, calls, isReading: query.isPlaceholderData || goesOn };
}

/** Every call that matches, newest first, for an export; up to `EXPORTED_CALLS`. */
export async function allCalls(client: OratioClient, filters: CallFilters): Promise<readonly CallRow[]> {
  const calls: CallRow[] = [];
  for await (const call of client.items('listCalls', { query: { ...queryOf(filters), limit: 100 } })) {
    calls.push(call);
    if (calls.length === EXPORTED_CALLS) break;
  }
  return calls;
}
