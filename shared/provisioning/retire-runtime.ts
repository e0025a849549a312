import * as z from 'zod';
import { text } from '../kernel/env.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import {
  provisioningTask,
  RETIREMENT,
  settled,
  type TaskDeps,
  type TaskHandler,
  waiting,
} from './provisioning-task.ts';
import { type RuntimeRemovalDeps, removeRuntime } from './remove-runtime.ts';
import { roleName, runtimeName } from './resource-names.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';

export const RetireRuntimeEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  STAGE: text,
  RESOURCE_PREFIX: text,
  AGENT_ROLE_PATH: text,
});

export interface RetireRuntimeDeps extends TaskDeps, RuntimeRemovalDeps {
  readonly settings: Pick<z.output<typeof RetireRuntimeEnv>, 'STAGE' | 'RESOURCE_PREFIX'>;
}

type Output = TaskOutput<'RetireRuntime'>;

/** Takes down the agent's endpoint, runtime and role. */
export const retireRuntime = (deps: RetireRuntimeDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'RetireRuntime', input: TaskInput, ...RETIREMENT }, deps, async ({ agent }) => {
    const removal = await removeRuntime(deps, {
      agentRuntimeId: agent.runtime?.agentRuntimeId,
      name: runtimeName(deps.settings.STAGE, agent.agentId),
      roleName: roleName(deps.settings.RESOURCE_PREFIX, agent.agentId),
    });
    return removal === 'done'
      ? settled<Output>({ status: 'done' })
      : waiting<Output>({ status: 'pending' }, 'AgentCore is deleting the runtime.');
  });
