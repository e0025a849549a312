import { type Agent, isResting } from '../agents/agent.ts';
import type { AgentChange } from '../agents/agent-store.ts';
import { nowSeconds } from '../kernel/clock.ts';
import type { Provisioning, StepProgress } from './provisioning.ts';
import type { TaskDeps } from './provisioning-task.ts';
import type { TaskInput } from './task-contract.ts';

export type SettledStatus = 'failed' | 'active';

/**
 * Ends a failed run on its agent: `failed`, or back to where it was (here called `active`) where an older version
 * serves. Repeated, it does nothing. Undefined when the run is no longer the agent's, or was not marked as failed.
 */
export const settleRun = async (
  { agents, clock }: TaskDeps,
  input: Pick<TaskInput, 'userId' | 'agentId' | 'run'>,
  change: (agent: Agent) => AgentChange = () => ({}),
): Promise<SettledStatus | undefined> => {
  const agent = await agents.find(input);
  if (agent?.provisioning.run !== input.run || agent.provisioning.status !== 'failed') return undefined;
  if (agent.status === 'failed') return agent.status;
  if (isResting(agent.status)) return 'active';
  const transition = agent.status === 'creating' ? 'fail' : 'fallBack';
  const settledChange = { ...change(agent), provisioning: { steps: stoppedSteps(agent.provisioning, clock.now()) } };
  const { written } = await agents.transition(input, transition, settledChange, {
    now: nowSeconds(clock),
    guard: { run: input.run },
  });
  if (!written) return undefined;
  return transition === 'fail' ? 'failed' : 'active';
};

/** Steps that were still waiting when another failed have ended with it; a function at work stays marked until it ends. */
const stoppedSteps = ({ steps }: Provisioning, nowMs: number): Provisioning['steps'] =>
  Object.fromEntries(
    Object.entries(steps).map(([name, line]) => [name, line.status === 'running' ? stopped(line, nowMs) : line]),
  );

const stopped = ({ busyUntilMs, ...line }: StepProgress, nowMs: number): StepProgress => ({
  ...line,
  ...(busyUntilMs !== undefined && busyUntilMs > nowMs ? { busyUntilMs } : {}),
  status: 'failed',
  endedAtMs: nowMs,
  detail: 'Stopped, because another step failed.',
});
