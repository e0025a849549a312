import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { AnswerOf } from '../../../client/index.ts';
import { useClient } from '../shell/use-client.ts';
import { useFeed } from '../shell/use-feed.ts';
import type { AgentSummary } from './agent-types.ts';
import { type AgentMessage, withAgentMessage } from './live-agents.ts';

const KEY = ['agents'] as const;
/** As many as one answer of the API may hold. */
const PAGE = 100;

interface Pages {
  readonly pages: readonly AnswerOf<'listAgents'>[];
  readonly pageParams: readonly unknown[];
}

const patched = (known: Pages, message: AgentMessage): Pages => ({
  ...known,
  pages: known.pages.map((page) => ({ ...page, agents: [...(withAgentMessage(page.agents, message) ?? page.agents)] })),
});

const knows = ({ pages }: Pages, agentId: string): boolean =>
  pages.some(({ agents }) => agents.some((agent) => agent.agentId === agentId));

/** Follows the feed: statuses change in place; new and vanished agents have the list read anew. */
function useLiveStatus(): void {
  const queries = useQueryClient();
  const seen = useRef(new Map<string, number>());
  useFeed(['agents'], (message) => {
    if (message.type !== 'agent' || message.revision < (seen.current.get(message.agentId) ?? 0)) return;
    seen.current.set(message.agentId, message.revision);
    const known = queries.getQueryData<Pages>(KEY);
    if (known === undefined) return;
    if (knows(known, message.agentId)) queries.setQueryData<Pages>(KEY, patched(known, message));
    else void queries.invalidateQueries({ queryKey: KEY });
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
