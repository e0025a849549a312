import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useClient } from '../shell/use-client.ts';

/** An agent to choose from. */
export interface AgentName {
  readonly agentId: string;
  readonly name: string;
  /** It can be called. */
  readonly speaks: boolean;
}

export interface AgentNames {
  /** By name; empty until they are known. */
  readonly agents: readonly AgentName[];
  /** The name, or the beginning of the id of an agent that is not there any more. */
  readonly nameOf: (agentId: string) => string;
  readonly isPending: boolean;
}

/** All agents of the tenant by name, for pages that show ids as names and let people choose. */
export function useAgents(): AgentNames {
  const client = useClient();
  const { data, isPending } = useQuery({
    queryKey: ['agent-names'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const agents: AgentName[] = [];
      for await (const { agentId, agentName, agentType, status, activeVersion } of client.items('listAgents', {
        query: { limit: 100 },
        signal,
      })) {
        const speaks = agentType !== 'text' && status === 'active' && activeVersion !== null;
        agents.push({ agentId, name: agentName, speaks });
      }
      return agents.sort((a, b) => a.name.localeCompare(b.name));
    },
  });
  const names = useMemo(() => new Map((data ?? []).map(({ agentId, name }) => [agentId, name])), [data]);
  const nameOf = useCallback((agentId: string) => names.get(agentId) ?? `${agentId.slice(0, 8)}…`, [names]);
  return { agents: data ?? [], nameOf, isPending };
}

/** Those that can be called. */
export function useSpeakingAgents(): AgentNames {
  const known = useAgents();
  const agents = useMemo(() => known.agents.filter(({ speaks }) => speaks), [known.agents]);
  return { ...known, agents };
}
