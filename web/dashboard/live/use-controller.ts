import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { LiveCallView } from '../../../shared/live/live-views.ts';
import type { CallRecord } from '../calls/call-types.ts';
import { useClient } from '../shell/use-client.ts';
import { useNow } from './use-live.ts';

/** Who has a call in hand, as its record tells it. */
export type Controller = NonNullable<CallRecord['controller']>;

const keyOf = (callId: string) => ['call-controller', callId] as const;

/**
 * Who has the call in hand now; null when nobody has. The feed tells who and until when (`told`), the record whether that
 * is this very sign-in; the answer to a command tells both before the feed does.
 */
export function useController(callId: string, told: LiveCallView['controller']): Controller | null {
  const client = useClient();
  const queries = useQueryClient();
  const now = useNow();
  const holder = told === undefined ? 'nobody' : `${told.operator.id} ${told.sinceMs}`;
  const { data } = useQuery({
    queryKey: [...keyOf(callId), holder],
    queryFn: async ({ signal }) => (await client.call('getCall', { path: { callId }, signal })).data.controller,
    enabled: told !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (holder === 'nobody') queries.setQueryData([...keyOf(callId), holder], null);
  }, [queries, callId, holder]);
  const known = data ?? null;
  if (told === undefined) return known !== null && known.untilMs > now ? known : null;
  if (told.untilMs <= now) return null;
  const isYou = known?.sinceMs === told.sinceMs && known.isYou;
  return { operator: told.operator.name, isYou, sinceMs: told.sinceMs, untilMs: told.untilMs };
}

/** A command or a release was answered: it is known without asking. */
export const knownController = (queries: QueryClient, callId: string, controller: Controller | null): void => {
  queries.setQueriesData({ queryKey: keyOf(callId) }, controller);
};
