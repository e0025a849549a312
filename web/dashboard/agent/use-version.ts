import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../../client/index.ts';
import type { AgentDetail } from '../agents/agent-types.ts';
import { useQueryString } from '../shell/location.ts';
import { useClient } from '../shell/use-client.ts';

export type AgentVersion = AnswerOf<'getAgentVersion'>;

/** The version that is looked at: of the address, else the one that answers, else the newest. */
export function useShownVersion({ activeVersion, version }: AgentDetail): number {
  const [query] = useQueryString();
  const asked = Number(query.get('version'));
  return Number.isInteger(asked) && asked >= 1 && asked <= version ? asked : (activeVersion ?? version);
}

/** A version of an agent with what became of its SOP. */
export function useVersion(agent: AgentDetail, version: number): UseQueryResult<AgentVersion> {
  const client = useClient();
  const { agentId } = agent;
  // A version that is being built changes with every attempt.
  const phase = version === agent.provisioning.version ? `${agent.status} ${agent.provisioning.run}` : '';
  const isBuilding = phase !== '' && agent.provisioning.status === 'running';
  return useQuery({
    queryKey: ['version', agentId, version, phase],
    refetchInterval: isBuilding ? 5000 : false,
    queryFn: async ({ signal }) =>
      (await client.call('getAgentVersion', { path: { agentId, version: String(version) }, signal })).data,
  });
}
