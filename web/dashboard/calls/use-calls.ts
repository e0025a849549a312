import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { OratioClient } from '../../../client/index.ts';
import { useClient } from '../shell/use-client.ts';
import type { CallRow } from './call-types.ts';
import { type CallFilters, matches, queryOf } from './filters.ts';

const PAGE_SIZE = 25;
/** How many calls are looked through for words: the API narrows by fields only. */
export const SEARCHED_CALLS = 500;
/** How many calls an export has at most. */
const EXPORTED_CALLS = 10_000;

/** Calls that match filters, page by page, newest first; while words are looked for, more pages are read by themselves. */
export function useCalls(filters: CallFilters, nameOf: (agentId: string) => string) {
  const client = useClient();
  const narrowed = queryOf(filters);
  const words = filters.words ?? '';
  const query = useInfiniteQuery({
    queryKey: ['calls', narrowed, words !== ''],
    queryFn: async ({ pageParam, signal }) => {
      const limit = words === '' ? PAGE_SIZE : 100;
      const cursor = pageParam === '' ? {} : { cursor: pageParam };
      return (await client.call('listCalls', { query: { ...narrowed, limit, ...cursor }, signal })).data;
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const pages = useMemo(() => query.data?.pages.map(({ calls }) => calls) ?? [], [query.data]);
  const loaded = pages.reduce((sum, { length }) => sum + length, 0);
  const found = useMemo(
    () => (words === '' ? [] : pages.flat().filter((call) => matches(call, words, nameOf(call.agentId)))),
    [pages, words, nameOf],
  );
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const goesOn = words !== '' && hasNextPage && loaded < SEARCHED_CALLS && found.length < PAGE_SIZE;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return { query, pages, found, loaded, isSearching: goesOn };
}

/** Every call that matches, newest first, for an export; up to `EXPORTED_CALLS`. */
export async function allCalls(
  client: OratioClient,
  filters: CallFilters,
  nameOf: (agentId: string) => string,
): Promise<readonly CallRow[]> {
  const calls: CallRow[] = [];
  for await (const call of client.items('listCalls', { query: { ...queryOf(filters), limit: 100 } })) {
    calls.push(call);
    if (calls.length === EXPORTED_CALLS) break;
  }
  const { words = '' } = filters;
  return words === '' ? calls : calls.filter((call) => matches(call, words, nameOf(call.agentId)));
}
