import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useClient } from '../shell/use-client.ts';

/** What an agent did today, in UTC. */
export interface Today {
  readonly calls: number;
  readonly costMicroUsd: number;
}

const REFRESH_MS = 30_000;

/** Calls and cost of today by agent; undefined until it is known. Agents that did nothing are not in it. */
export function useToday(): ReadonlyMap<string, Today> | undefined {
  const client = useClient();
  const { data } = useQuery({
    queryKey: ['agents-today'],
    refetchInterval: REFRESH_MS,
    queryFn: async ({ signal }) => (await client.call('listAgentStatistics', { signal })).data,
  });
  return useMemo(() => data && new Map(data.agents.map((one) => [one.agentId, one])), [data]);
}
