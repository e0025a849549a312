import * as z from 'zod';
import { demandMatch, etagOf } from '../http/etag.ts';
import type { ApiAnswer, ApiRequest } from '../http/request.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { agentBusy, agentNotFound, preconditionFailed, problem } from '../kernel/problems.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import { AGENT_TRANSITIONS, type Agent, isResting, type LifecycleAction, type RestingStatus } from './agent.ts';
import type { AgentChange, AgentStore } from './agent-store.ts';
import { agentPath } from './agent-views.ts';
import { standingOf } from './answering.ts';
import { requestedAgent } from './requested-agent.ts';
import { settle } from './settled.ts';

export const ControlAgentEnv = z.object({ ...FEED_ENV, AGENTS_TABLE: text });

export interface ControlAgentDeps {
  readonly agents: AgentStore;
  readonly clock: Clock;
}

type Request = Pick<ApiRequest, 'userId' | 'params' | 'headers' | 'basePath'>;

/** An owner's word against a run that ends in the same moment: who loses looks again, this often. */
const TRIES = 3;

/** Starts, stops, pauses or resumes an agent that serves; harmless where it is so already. */
export const controlAgent =
  (deps: ControlAgentDeps, action: LifecycleAction) =>
  (request: Request): Promise<ApiAnswer> =>
    bring(deps, request, () => action, {});

/** The documented engine's short update: a name, and a status to be in. Throws as `controlAgent` does. */
export const bringTo = (
  deps: ControlAgentDeps,
  request: Request,
  { name, status }: { readonly name?: string | undefined; readonly status?: RestingStatus | undefined },
): Promise<ApiAnswer> =>
  bring(
    deps,
    request,
    (agent) => (status === undefined ? undefined : actionTowards(status, agent)),
    name === undefined ? {} : { agentName: name },
  );

/** What leads to a status from where the agent is. */
const actionTowards = (status: RestingStatus, agent: Agent): LifecycleAction => {
  if (status === 'active') return standingOf(agent) === 'paused' ? 'resume' : 'start';
  return status === 'paused' ? 'pause' : 'stop';
};

const bring = async (
  deps: ControlAgentDeps,
  request: Request,
  actionFor: (agent: Agent) => LifecycleAction | undefined,
  change: AgentChange,
): Promise<ApiAnswer> => {
  const ifMatch = request.headers['if-match'];
  const found = await requestedAgent(deps, request);
  demandMatch(ifMatch, found);
  let agent = await settle(deps)(found);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const action = actionFor(agent);
    const written = await write(deps, agent, action, change, ifMatch !== undefined);
    if (written === 'unchanged') return answer(request, agent);
    if (written.written) return answer(request, written.agent);
    if (written.current === undefined) throw agentNotFound(agent.agentId);
    if (ifMatch !== undefined) throw preconditionFailed();
    agent = written.current;
  }
  throw agentBusy(agent.status, actionFor(agent) ?? 'change');
};

const write = async (
  { agents, clock }: ControlAgentDeps,
  agent: Agent,
  action: LifecycleAction | undefined,
  change: AgentChange,
  isGuarded: boolean,
) => {
  const options = { now: nowSeconds(clock), guard: isGuarded ? { revision: agent.revision } : {} };
  const kind = action === undefined ? 'there' : moveOf(agent, action);
  if (action !== undefined && kind === 'status') return agents.transition(agent, action, change, options);
  if (action !== undefined && kind === 'rest') return agents.control(agent, action, change, options);
  const isNews = change.agentName !== undefined && change.agentName !== agent.agentName;
  return isNews ? agents.update(agent, change, options) : ('unchanged' as const);
};

/**
 * What an action changes: the status itself, or, while a run is under way, where that leads; `there` when it is so
 * already. Pure. Throws `agent-busy` before the first activation, `lifecycle-not-allowed` for whatever else the table
 * of transitions does not have.
 */
export const moveOf = (
  agent: Pick<Agent, 'status' | 'restsIn'>,
  action: LifecycleAction,
): 'there' | 'status' | 'rest' => {
  if (agent.status === 'creating') throw agentBusy(agent.status, action);
  const { from, to } = AGENT_TRANSITIONS[action];
  const standing = standingOf(agent);
  if (agent.status === 'updating' || isResting(agent.status)) {
    if (standing === to) return 'there';
    if ((from as readonly RestingStatus[]).includes(standing)) return agent.status === 'updating' ? 'rest' : 'status';
  }
  const found = agent.status === 'updating' ? standing : agent.status;
  throw problem('lifecycle-not-allowed', `The agent is "${found}", which does not allow "${action}".`);
};

const MESSAGES: Readonly<Record<RestingStatus, string>> = {
  active: 'The agent answers',
  paused: 'The agent is paused: customers are told its notice',
  stopped: 'The agent is stopped: it does not answer',
};

const answer = (request: Request, agent: Agent): ApiAnswer => ({
  status: 200,
  headers: { location: agentPath(request, agent.agentId), etag: etagOf(agent) },
  body: { agentId: agent.agentId, status: agent.status, message: MESSAGES[standingOf(agent)] },
});
