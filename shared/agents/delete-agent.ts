import * as z from 'zod';
import { demandMatch } from '../http/etag.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { agentNotFound, preconditionFailed } from '../kernel/problems.ts';
import type { Agent } from './agent.ts';
import type { AgentStore } from './agent-store.ts';
import { agentPath } from './agent-views.ts';
import { requestedAgent } from './requested-agent.ts';
import type { Workflow } from './workflow.ts';

export const DeleteAgentEnv = z.object({
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  RETIRE_STATE_MACHINE_ARN: text,
});

export interface DeleteAgentDeps {
  readonly agents: AgentStore;
  readonly retirement: Workflow;
  readonly clock: Clock;
}

/**
 * Begins the teardown. From the first write on no run of the agent writes anything any more; repeating the request
 * starts a teardown that failed, or could not be started, again.
 */
export const deleteAgent =
  (deps: DeleteAgentDeps) =>
  async (request: RequestOf<'deleteAgent'>): Promise<ApiAnswer> => {
    const found = await requestedAgent(deps, request);
    const ifMatch = request.headers['if-match'];
    demandMatch(ifMatch, found);
    const guard = ifMatch === undefined ? {} : { revision: found.revision };
    const written = await deps.agents.transition(found, 'retire', {}, { now: nowSeconds(deps.clock), guard });
    if (!written.written) throw written.current === undefined ? agentNotFound(found.agentId) : preconditionFailed();
    await retire(deps, written.agent);
    return {
      status: 202,
      headers: { location: agentPath(request, found.agentId) },
      body: { agentId: found.agentId, status: 'deleting', message: 'Agent deletion started' },
    };
  };

const retire = async ({ retirement }: DeleteAgentDeps, agent: Agent): Promise<void> => {
  const { userId, agentId, version } = agent;
  const input = { userId, agentId, version, run: agent.provisioning.run };
  const name = `${agentId}-retire`;
  // A teardown of this name has ended and the agent is still here: it failed, and its name is taken for 90 days.
  if ((await retirement.start(name, input)) === 'closed') await retirement.start(`${name}-${agent.revision}`, input);
};
