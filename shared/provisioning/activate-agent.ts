import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { AgentRuntimes } from './agent-runtimes.ts';
import { NotSettled, PermanentFailure, RunSuperseded } from './failures.ts';
import type { Provisioning } from './provisioning.ts';
import {
  endedStep,
  PROVISIONING,
  provisioningTask,
  startedStep,
  type TaskDeps,
  type TaskHandler,
} from './provisioning-task.ts';
import { clientToken, LIVE_ENDPOINT } from './resource-names.ts';
import { RuntimeInput, type TaskOutput } from './task-contract.ts';

export const ActivateAgentEnv = z.object({ ...FEED_ENV, AGENTS_TABLE: text, KNOWLEDGE_BASES_TABLE: text, STAGE: text });

export interface ActivateAgentDeps extends TaskDeps {
  readonly runtimes: AgentRuntimes;
}

type Input = z.output<typeof RuntimeInput>;
type Output = TaskOutput<'ActivateAgent'>;

/** Moves the endpoint to the new version, waits until it serves, and says so in one write. The old version answers until then. */
export const activateAgent = (deps: ActivateAgentDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'ActivateAgent', input: RuntimeInput, ...PROVISIONING }, deps, async ({ input, agent }) => {
    await moveEndpoint(deps.runtimes, input);
    const { written } = await deps.agents.transition(input, 'activate', activation(input, agent, deps.clock.now()), {
      now: nowSeconds(deps.clock),
      guard: { run: input.run },
    });
    if (!written) throw new RunSuperseded(`Run ${input.run} of agent ${input.agentId} is no longer wanted.`);
    return { output: { status: 'active' }, progress: 'recorded' };
  });

const moveEndpoint = async (runtimes: AgentRuntimes, { runtime, agentId, run, retry }: Input): Promise<void> => {
  const { agentRuntimeId, agentRuntimeVersion } = runtime;
  const endpoint = await runtimes.describeEndpoint(agentRuntimeId, LIVE_ENDPOINT);
  if (endpoint?.status === 'ready' && endpoint.liveVersion === agentRuntimeVersion) return;
  // On the first try the failure is that of an earlier run: its owner has asked to try again.
  if (endpoint?.status === 'failed' && endpoint.targetVersion === agentRuntimeVersion && retry > 0) {
    throw new PermanentFailure(
      'RuntimeFailed',
      `AgentCore could not switch to the new version. ${endpoint.failureReason ?? ''} Retry.`,
    );
  }
  if (endpoint?.status !== 'under-way') {
    const token = clientToken('move', agentId, run, agentRuntimeVersion);
    await runtimes.moveEndpoint(agentRuntimeId, { endpointName: LIVE_ENDPOINT, agentRuntimeVersion, token });
  }
  const moved = await runtimes.describeEndpoint(agentRuntimeId, LIVE_ENDPOINT);
  if (moved?.status === 'ready' && moved.liveVersion === agentRuntimeVersion) return;
  throw new NotSettled('AgentCore is switching to the new version.');
};

const activation = ({ version, runtime }: Input, agent: Agent, nowMs: number) => ({
  activeVersion: version,
  statusReason: null,
  ...(agent.runtime === undefined
    ? {}
    : { runtime: { ...agent.runtime, agentRuntimeVersion: runtime.agentRuntimeVersion } }),
  provisioning: { status: 'succeeded', endedAtMs: nowMs, steps: withActivation(agent.provisioning, nowMs) } as const,
});

/** The last step ends in the same write as the run; so does the Map before it, which has no function of its own. */
const withActivation = ({ steps }: Provisioning, nowMs: number): Provisioning['steps'] => {
  const activated = endedStep(startedStep('ActivateAgent', steps.ActivateAgent, 0, nowMs), SETTLED, nowMs);
  const deployed =
    steps.DeployChannels?.status === 'running' ? endedStep(steps.DeployChannels, SETTLED, nowMs) : undefined;
  return {
    ...steps,
    ...(deployed === undefined ? {} : { DeployChannels: deployed }),
    ...(activated === undefined ? {} : { ActivateAgent: activated }),
  };
};

const SETTLED = { progress: 'settled' } as const;
