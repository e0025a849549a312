import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ItemOf } from '../../../client/index.ts';
import { useClient } from '../shell/use-client.ts';
import type { Channel } from './agent-types.ts';

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

/** Telephone numbers by the agent that answers them; undefined until they are known. */
export function useNumbers(): ReadonlyMap<string, readonly string[]> | undefined {
  const client = useClient();
  const { data } = useQuery({
    queryKey: ['agents-numbers'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const numbers: ItemOf<'listPhoneNumbers'>[] = [];
      for await (const one of client.items('listPhoneNumbers', { query: { limit: 100 }, signal })) numbers.push(one);
      return numbers;
    },
  });
  return useMemo(() => {
    if (data === undefined) return undefined;
    const answered = data.flatMap(({ inboundAgentId, phoneNumber }) =>
      inboundAgentId === null ? [] : [{ inboundAgentId, phoneNumber }],
    );
    const groups = Map.groupBy(answered, ({ inboundAgentId }) => inboundAgentId);
    return new Map([...groups].map(([agentId, ones]) => [agentId, ones.map(({ phoneNumber }) => phoneNumber)]));
  }, [data]);
}

/** Channels of the agents that are on the screen; undefined for one whose channels are not known yet. */
export function useChannelsOf(agentIds: readonly string[]): ReadonlyMap<string, readonly Channel[] | undefined> {
  const client = useClient();
  return useQueries({
    queries: agentIds.map((agentId) => ({
      queryKey: ['agent', agentId, 'channels'],
      staleTime: 60_000,
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
        (await client.call('listChannels', { path: { agentId }, signal })).data.channels,
    })),
    combine: (results) => new Map(results.map(({ data }, index) => [agentIds[index] ?? '', data])),
  });
}
