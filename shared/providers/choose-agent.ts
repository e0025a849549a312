import type { Agent } from '../agents/agent.ts';
import { summaryView } from '../agents/agent-views.ts';
import { type CreateAgentDeps, CreateAgentEnv, createAgent } from '../agents/create-agent.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { AgentId } from '../kernel/ids.ts';
import { agentBusy, agentNotFound, raise } from '../kernel/problems.ts';
import type { DefaultAgent, DefaultAgents } from './default-agents.ts';
import { type FirstAgent, FirstAgentJson } from './first-agent.ts';

export const ChooseAgentEnv = CreateAgentEnv.extend({ FIRST_AGENT: FirstAgentJson });

export interface ChooseAgentDeps extends CreateAgentDeps {
  readonly defaults: DefaultAgents;
  readonly firstAgent: FirstAgent;
}

/** Two who choose at the same time: one of them tries again. */
const ATTEMPTS = 5;

/** Makes an agent the user's default one. Throws `agent-not-found`, `agent-busy`. */
export const setDefaultAgent =
  (deps: Pick<ChooseAgentDeps, 'agents' | 'defaults'>) =>
  async (request: RequestOf<'setDefaultAgent'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent(deps, request);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const former = await deps.defaults.find(request.userId);
      const outcome = await deps.defaults.choose(agent, former);
      if (outcome === 'chosen') return shown(request, agent, true);
      if (outcome === 'gone') {
        throw agent.status === 'deleting' ? agentBusy(agent.status, 'be the default') : agentNotFound(agent.agentId);
      }
    }
    throw agentBusy(agent.status, 'be the default');
  };

/** The agent a user means who names none; a user without any is made a first one, once. */
export const getCurrentAgent =
  (deps: ChooseAgentDeps) =>
  async (request: RequestOf<'getCurrentAgent'>): Promise<ApiAnswer> => {
    const choice = await deps.defaults.find(request.userId);
    const chosen = choice && (await deps.agents.find({ userId: request.userId, agentId: choice.agentId }));
    if (chosen !== undefined && chosen.status !== 'deleting') return shown(request, chosen, true);
    const newest = await newestAgent(deps, request);
    return newest === undefined ? makeFirst(deps, request, choice) : shown(request, newest, false);
  };

/** Agents that are being deleted are still listed; so many at once are nobody's. */
const LOOKED_AT = 25;

const newestAgent = async (
  { agents }: Pick<ChooseAgentDeps, 'agents'>,
  { userId }: Pick<RequestOf<'getCurrentAgent'>, 'userId'>,
): Promise<Agent | undefined> => {
  const page = await agents.list({ userId, limit: LOOKED_AT });
  const newest = page.agents.find(({ status }) => status !== 'deleting');
  return newest && agents.find(newest);
};

/** Under a key of its own, so that two first requests make one agent; a later first run, after all was deleted, has another. */
const makeFirst = async (
  deps: ChooseAgentDeps,
  request: RequestOf<'getCurrentAgent'>,
  choice: DefaultAgent | undefined,
): Promise<ApiAnswer> => {
  const { body } = await createAgent(
    deps,
    'firstAgent',
  )({
    ...request,
    headers: { ...request.headers, 'idempotency-key': `first-agent-${choice?.revision ?? 0}` },
    body: {
      ...deps.firstAgent,
      knowledgeBaseDescription: '',
      humanHandoffDescription: '',
      channels: [],
      files: [],
    },
    bodyKind: 'json',
  });
  const key = { userId: request.userId, agentId: AgentId.parse((body as { readonly agentId: string }).agentId) };
  // Whoever was quicker has chosen the same agent, or one of their own.
  const outcome = await deps.defaults.choose(key, choice);
  const agent = (await deps.agents.find(key)) ?? raise(agentNotFound(key.agentId));
  return { ...shown(request, agent, outcome === 'chosen'), status: 202 };
};

const shown = (
  request: Pick<RequestOf<'getCurrentAgent'>, 'origin' | 'basePath'>,
  agent: Agent,
  isDefault: boolean,
): ApiAnswer => ({
  status: 200,
  body: { ...summaryView(agent, request), isDefault },
});
