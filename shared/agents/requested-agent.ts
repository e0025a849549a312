import type { ApiRequest } from '../http/request.ts';
import { AgentId } from '../kernel/ids.ts';
import { agentNotFound, raise } from '../kernel/problems.ts';
import type { Agent } from './agent.ts';
import type { AgentStore } from './agent-store.ts';

/** The agent a request names, if it is the caller's; throws `agent-not-found`, also for what is no id at all. */
export const requestedAgent = async (
  { agents }: { readonly agents: Pick<AgentStore, 'find'> },
  { userId, params }: Pick<ApiRequest, 'userId' | 'params'>,
): Promise<Agent> => {
  const agentId = AgentId.safeParse(params.agentId);
  if (!agentId.success) throw agentNotFound(params.agentId ?? '');
  // Ids are stored in lower case; DynamoDB compares byte by byte.
  const key = { userId, agentId: agentId.data.toLowerCase() as AgentId };
  return (await agents.find(key)) ?? raise(agentNotFound(agentId.data));
};
