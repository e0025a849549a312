import { keepPreviousData, type QueryClient, useQuery } from '@tanstack/react-query';
import type { CallRecord } from '../calls/call-types.ts';
import { useClient } from '../shell/use-client.ts';
import { useNow } from './use-live.ts';

/** Who has a call in hand, as its record tells it. */
export type Controller = NonNullable<CallRecord['controller']>;

const keyOf = (callId: string) => ['call-controller', callId] as const;

/**
 * Who has the call in hand now; null when nobody has. The feed tells that somebody did something (`occasion` changes),
 * the record whether that was this very sign-in.
 */
export function useController(callId: string, occasion: string): Controller | null {
  const client = useClient();
  const now = useNow();
  const { data } = useQuery({
    queryKey: [...keyOf(callId), occasion],
    queryFn: async ({ signal }) => (await client.call('getCall', { path: { callId }, signal })).data.controller,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data !== undefined && data !== null && data.untilMs > now ? data : null;
}

/** A command or a release was answered: it is known without asking. */
export const knownController = (queries: QueryClient, callId: string, controller: Controller | null): void => {
  queries.setQueriesData({ queryKey: keyOf(callId) }, controller);
};
