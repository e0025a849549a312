import * as z from 'zod';
import { text } from '../kernel/env.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { AgentRuntimes, EndpointState, RuntimeState } from './agent-runtimes.ts';
import { PermanentFailure } from './failures.ts';
import {
  PROVISIONING,
  provisioningTask,
  settled,
  type TaskDeps,
  type TaskHandler,
  waiting,
} from './provisioning-task.ts';
import { LIVE_ENDPOINT, resourceTags } from './resource-names.ts';
import { RuntimeInput, type TaskOutput } from './task-contract.ts';

export const CheckRuntimeEnv = z.object({ ...FEED_ENV, AGENTS_TABLE: text, STAGE: text });

export interface CheckRuntimeDeps extends TaskDeps {
  readonly runtimes: AgentRuntimes;
  readonly settings: Pick<z.output<typeof CheckRuntimeEnv>, 'STAGE'>;
}

type Output = TaskOutput<'CheckRuntime'>;

/** Waits for the runtime, then for its endpoint, which is made if there is none. Throws `RuntimeFailed`. */
export const checkRuntime = (deps: CheckRuntimeDeps): TaskHandler<Output> =>
  provisioningTask(
    { step: 'CheckRuntime', input: RuntimeInput, polls: true, ...PROVISIONING },
    deps,
    async ({ input, agent, hold }) => {
      const { agentRuntimeId, agentRuntimeVersion } = input.runtime;
      const runtime = await deps.runtimes.describe(agentRuntimeId);
      const endpoint =
        runtime?.status === 'ready' ? await deps.runtimes.describeEndpoint(agentRuntimeId, LIVE_ENDPOINT) : undefined;
      const plan = planRuntime(runtime, endpoint, agent.activeVersion !== undefined);
      if (plan.kind === 'fail') throw new PermanentFailure('RuntimeFailed', plan.reason);
      if (plan.kind === 'ready') return settled<Output>({ status: 'ready' });
      if (plan.kind === 'make-endpoint') {
        await hold();
        const tags = resourceTags(agent, deps.settings.STAGE, 'agent-runtime');
        await deps.runtimes.createEndpoint(agentRuntimeId, { endpointName: LIVE_ENDPOINT, agentRuntimeVersion, tags });
      }
      return waiting<Output>({ status: 'pending' }, plan.detail);
    },
  );

type RuntimePlan =
  | { readonly kind: 'ready' }
  | { readonly kind: 'wait' | 'make-endpoint'; readonly detail: string }
  | { readonly kind: 'fail'; readonly reason: string };

/**
 * What to do next for a runtime that should serve; the endpoint matters once the runtime is ready. An endpoint that
 * `serves` an older version and failed to move is for the activation to move again.
 */
export const planRuntime = (
  runtime: Pick<RuntimeState, 'status' | 'failureReason'> | undefined,
  endpoint: EndpointState | undefined,
  serves: boolean,
): RuntimePlan => {
  if (runtime === undefined) return fail('It has disappeared.');
  if (runtime.status === 'under-way') return { kind: 'wait', detail: 'AgentCore is making the runtime ready.' };
  if (runtime.status !== 'ready') return fail(runtime.failureReason ?? `Its status is "${runtime.status}".`);
  if (endpoint === undefined) return { kind: 'make-endpoint', detail: 'AgentCore is making the endpoint.' };
  if (endpoint.status === 'failed' && !serves) return fail(endpoint.failureReason ?? 'Its endpoint failed.');
  return endpoint.status === 'ready' || endpoint.status === 'failed'
    ? { kind: 'ready' }
    : { kind: 'wait', detail: 'AgentCore is making the endpoint.' };
};

const fail = (reason: string): RuntimePlan => ({
  kind: 'fail',
  reason: `AgentCore could not run the agent. ${reason.slice(0, 1000)} Retry; if that fails, tell the operator.`,
});
