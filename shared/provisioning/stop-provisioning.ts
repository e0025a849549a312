import * as z from 'zod';
import { text } from '../kernel/env.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { AgentCreator } from './agent-creator.ts';
import { endLiveCalls, type LiveCallsDeps } from './end-live-calls.ts';
import type { Executions } from './executions.ts';
import { executionName } from './provisioning.ts';
import {
  provisioningTask,
  RETIREMENT,
  settled,
  type TaskDeps,
  type TaskHandler,
  waiting,
} from './provisioning-task.ts';
import { stopBuilds } from './stop-builds.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';
import { workInFlight } from './work-in-flight.ts';

export const StopProvisioningEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  PROVISION_STATE_MACHINE_ARN: text,
  AGENT_CREATOR_RUNTIME_ARN: text,
  CALLS_TABLE: text,
});

export interface StopProvisioningDeps extends TaskDeps, LiveCallsDeps {
  readonly executions: Executions;
  readonly creator: AgentCreator;
}

type Output = TaskOutput<'StopProvisioning'>;

/**
 * Stops a run under way and its builds, and waits until no function can still be making something. Callers hear a
 * goodbye, for which they get one wait of the workflow.
 */
export const stopProvisioning = (deps: StopProvisioningDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'StopProvisioning', input: TaskInput, ...RETIREMENT }, deps, async ({ input, agent }) => {
    const { version, run, status } = agent.provisioning;
    if (status !== 'succeeded') {
      await deps.executions.stop(executionName({ ...input, version, run }), 'The agent is being deleted.');
      await stopBuilds(deps.creator, { ...input, version, run });
    }
    const [busy] = workInFlight(agent, 'StopProvisioning', deps.clock.now());
    if (busy !== undefined) return waiting<Output>({ status: 'pending' }, `${busy.step} is still at work.`);
    const calls = await endLiveCalls(deps, agent, deps.clock.now());
    if (calls > 0) return waiting<Output>({ status: 'pending' }, `${calls} callers are being told goodbye.`);
    return settled<Output>({ status: 'done' });
  });
