import type { Clock } from '../kernel/clock.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { type Agent, type StatusReason, statusAfter } from './agent.ts';
import type { AgentChange, AgentStore } from './agent-store.ts';

/** Far above what Step Functions needs from `StartExecution` to the first step's first write. */
const START_DEADLINE_MS = 120_000;

/** Why a run that the row calls under way will never end by itself; undefined for every other. */
const stalled = (agent: Agent, nowMs: number): StatusReason | undefined => {
  const { status, startedAtMs, steps } = agent.provisioning;
  if (agent.status !== 'creating' && agent.status !== 'updating') return undefined;
  if (status === 'awaiting-uploads' && (agent.uploads?.expiresAt ?? 0) * 1000 <= nowMs) {
    const message = 'Not all files arrived before their upload forms expired. Retry to get new forms.';
    return { code: 'uploads-expired', message };
  }
  const begun = Object.values(steps).some((step) => step.startedAtMs >= (startedAtMs ?? 0));
  if (status === 'running' && !begun && (startedAtMs ?? 0) + START_DEADLINE_MS <= nowMs) return NOT_STARTED;
  return undefined;
};

export const NOT_STARTED: StatusReason = {
  code: 'provisioning-not-started',
  message: 'The provisioning workflow could not be started. Nothing is lost: retry the agent.',
};

/**
 * The agent as its owner should see it: a run that stalled is shown as failed although nobody was there to write it
 * down. Pure; `settle` writes it.
 */
export const asOf = (agent: Agent, nowMs: number): Agent => {
  const reason = stalled(agent, nowMs);
  if (reason === undefined) return agent;
  const { restsIn: _restsIn, ...row } = agent;
  const { status } = statusAfter(agent, failureOf(agent));
  return { ...row, status, statusReason: reason, provisioning: { ...agent.provisioning, status: 'failed' } };
};

/** How a run's failure is written on the agent's row. */
export const failure = (reason: StatusReason, nowMs: number): AgentChange => ({
  statusReason: reason,
  provisioning: { status: 'failed', endedAtMs: nowMs },
});

/** Where a failed run leads: a first version is `failed`, a later one leaves the old one as it was. */
export const failureOf = (agent: Agent): 'fail' | 'fallBack' => (agent.status === 'creating' ? 'fail' : 'fallBack');

interface Deps {
  readonly agents: AgentStore;
  readonly clock: Clock;
}

/** Writes a stalled run down as failed, so that a new one may begin. Gives the agent as it then is. */
export const settle =
  ({ agents, clock }: Deps) =>
  async (agent: Agent): Promise<Agent> => {
    const nowMs = clock.now();
    const reason = stalled(agent, nowMs);
    if (reason === undefined) return agent;
    const written = await agents.transition(agent, failureOf(agent), failure(reason, nowMs), {
      now: nowSeconds(clock),
      guard: { revision: agent.revision },
    });
    // Somebody else was quicker: what he made of it counts.
    return written.written ? written.agent : (written.current ?? agent);
  };
