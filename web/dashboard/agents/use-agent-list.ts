import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { AnswerOf } from '../../../client/index.ts';
import { useClient } from '../shell/use-client.ts';
import { useFeed } from '../shell/use-feed.ts';
import type { AgentSummary } from './agent-types.ts';
import { isInMotion } from './lifecycle.ts';
import { withAgentMessage, withChannels } from './live-agents.ts';

const KEY = ['agents'] as const;
/** As many as one answer of the API may hold. */
const PAGE = 100;

interface Pages {
  readonly pages: readonly AnswerOf<'listAgents'>[];
  readonly pageParams: readonly unknown[];
}

const changed = (known: Pages, change: (agents: readonly AgentSummary[]) => readonly AgentSummary[]): Pages => ({
  ...known,
  pages: known.pages.map((page) => ({ ...page, agents: [...change(page.agents)] })),
});

const foundIn = ({ pages }: Pages, agentId: string): AgentSummary | undefined =>
  pages.flatMap(({ agents }) => agents).find((agent) => agent.agentId === agentId);

/**
 * Follows the feed: statuses change in place, and a run that has ended may have changed channels, which are read again;
 * new and vanished agents have the list read anew.
 */
function useLiveStatus(): void {
  const client = useClient();
  const queries = useQueryClient();
  const seen = useRef(new Map<string, number>());
  const readChannels = async (agentId: string): Promise<void> => {
    const { channels } = (await client.call('listChannels', { path: { agentId } })).data;
    const known = queries.getQueryData<Pages>(KEY);
    if (known)
      queries.setQueryData<Pages>(
        KEY,
        changed(known, (agents) => withChannels(agents, agentId, channels)),
      );
  };
  useFeed(['agents'], (message) => {
    if (message.type !== 'agent' || message.revision < (seen.current.get(message.agentId) ?? 0)) return;
    const { agentId, status } = message;
    seen.current.set(agentId, message.revision);
    const known = queries.getQueryData<Pages>(KEY);
    if (known === undefined) return;
    const before = foundIn(known, agentId);
    if (before === undefined) {
      void queries.invalidateQueries({ queryKey: KEY });
      return;
    }
    queries.setQueryData<Pages>(
      KEY,
      changed(known, (agents) => withAgentMessage(agents, message) ?? agents),
    );
    const hasSettled = isInMotion(before.status) && !isInMotion(status);
    // An agent that is gone by now has no channels to show.
    if (hasSettled) readChannels(agentId).catch(() => undefined);
  });
}

export interface AgentList {
  readonly agents: readonly AgentSummary[];
  /** Nothing is known yet. */
  readonly isPending: boolean;
  /** More pages are on their way. */
  readonly isLoadingMore: boolean;
  readonly error: unknown;
  readonly reload: () => void;
}

/** All agents of the tenant, newest first, page after page until the last; shown as they arrive. */
export function useAgentList(): AgentList {
  const client = useClient();
  useLiveStatus();
  const query = useInfiniteQuery({
    queryKey: KEY,
    queryFn: async ({ pageParam, signal }) => {
      const cursor = pageParam === '' ? {} : { cursor: pageParam };
      return (await client.call('listAgents', { query: { limit: PAGE, ...cursor }, signal })).data;
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage, data } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const agents = useMemo(() => data?.pages.flatMap((page) => page.agents) ?? [], [data]);
  useReloadWhileDeleting(agents, () => void query.refetch());
  return {
    agents,
    isPending: query.isPending,
    isLoadingMore: hasNextPage,
    error: query.error,
    reload: () => void query.refetch(),
  };
}

/** An agent's end is not told by the feed: it is simply not there any more. */
const LOOK_AGAIN_MS = 4000;

function useReloadWhileDeleting(agents: readonly AgentSummary[], reload: () => void): void {
  const latest = useRef(reload);
  useEffect(() => {
    latest.current = reload;
  });
  const isDeleting = agents.some(({ status }) => status === 'deleting');
  useEffect(() => {
    if (!isDeleting) return undefined;
    const timer = setInterval(() => latest.current(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isDeleting]);
}
