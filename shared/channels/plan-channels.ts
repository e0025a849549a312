import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import { PermanentFailure, RunSuperseded } from '../provisioning/failures.ts';
import {
  PROVISIONING,
  provisioningTask,
  settled,
  startedStep,
  type TaskDeps,
  type TaskHandler,
} from '../provisioning/provisioning-task.ts';
import { type PlannedChannel, TaskInput, type TaskOutput } from '../provisioning/task-contract.ts';
import { type Channel, isConnectChannel } from './channel.ts';
import type { ChannelStore } from './channel-store.ts';

export const PlanChannelsEnv = z.object({ ...FEED_ENV, AGENTS_TABLE: text, CHANNELS_TABLE: text });

export interface PlanChannelsDeps extends TaskDeps {
  readonly channels: Pick<ChannelStore, 'list' | 'transition'>;
}

type Output = TaskOutput<'PlanChannels'>;

/** Reads which channels this run is to bring up or to take away, and makes them this run's. */
export const planChannels = (deps: PlanChannelsDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'PlanChannels', input: TaskInput, ...PROVISIONING }, deps, async ({ input, agent }) => {
    const isForChannelsAlone = input.resumeFrom === 'DeployChannels';
    const planned = planOf(await deps.channels.list(agent), isForChannelsAlone);
    await Promise.all(planned.map((one) => takeOver(deps, input, one)));
    if (planned.length > 0) await beginMap(deps, input, agent);
    const runtime = isForChannelsAlone ? { runtime: servingRuntime(agent) } : {};
    return settled<Output>({ channels: planned, ...runtime });
  });

/**
 * A new version reaches every channel, and is a new chance for one that failed; a run for channels alone touches those
 * that were changed.
 */
const planOf = (channels: readonly Pick<Channel, 'channelType' | 'status'>[], changedOnly: boolean): PlannedChannel[] =>
  channels
    .filter(({ status }) => !changedOnly || status === 'provisioning' || status === 'retiring')
    .map(({ channelType, status }) => ({
      channelType,
      kind: isConnectChannel(channelType) ? 'connect' : 'social',
      action: status === 'retiring' ? 'retire' : 'deploy',
    }));

/** From here on an older run changes nothing of this channel any more. */
const takeOver = async (
  { channels, clock }: PlanChannelsDeps,
  { userId, agentId, run }: TaskInput,
  { channelType, action }: PlannedChannel,
): Promise<void> => {
  const { written } = await channels.transition(
    { userId, agentId, channelType },
    action === 'deploy' ? 'provision' : 'retire',
    { run, attempt: 1, statusReason: null, detail: null },
    { now: nowSeconds(clock) },
  );
  if (!written) throw new RunSuperseded(`The channel ${channelType} of agent ${agentId} has changed meanwhile.`);
};

/** The Map has no function that could say so itself; the activation writes its end. */
const beginMap = async ({ agents, clock }: PlanChannelsDeps, input: TaskInput, agent: Agent): Promise<void> => {
  const line = startedStep('DeployChannels', agent.provisioning.steps.DeployChannels, input.retry, clock.now());
  const { written } = await agents.recordStep(input, input.run, line, {
    now: nowSeconds(clock),
    during: PROVISIONING.during,
    runStatus: PROVISIONING.runStatus,
  });
  if (!written) throw new RunSuperseded(`Run ${input.run} of agent ${input.agentId} is no longer wanted.`);
};

const servingRuntime = ({ runtime, activeVersion }: Agent) => {
  if (runtime === undefined || activeVersion === undefined) {
    throw new PermanentFailure('ProvisioningFailed', 'The agent has no version that serves: retry the agent first.');
  }
  return { agentRuntimeId: runtime.agentRuntimeId, agentRuntimeVersion: runtime.agentRuntimeVersion };
};
