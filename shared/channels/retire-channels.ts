import type { Agent } from '../agents/agent.ts';
import { nowSeconds } from '../kernel/clock.ts';
import {
  provisioningTask,
  settled,
  type TaskDeps,
  type TaskHandler,
  waiting,
} from '../provisioning/provisioning-task.ts';
import { TaskInput, type TaskOutput } from '../provisioning/task-contract.ts';
import { type Channel, isConnectChannel } from './channel.ts';
import type { ChannelDeployer } from './channel-deployer.ts';
import type { ChannelStore } from './channel-store.ts';

export interface RetireChannelsDeps extends TaskDeps {
  readonly channels: ChannelStore;
  readonly deployers: Readonly<Record<'connect' | 'social', ChannelDeployer>>;
}

type Output = TaskOutput<'RetireChannels'>;
type Outcome = 'pending' | 'done';

/**
 * Gives back what channels have outside: of an agent that is deleted, all of it; of a first version that failed, the
 * same, but the rows stay as `failed` for a retry. A failed update leaves the channels of the version that serves.
 */
export const retireChannels = (deps: RetireChannelsDeps): TaskHandler<Output> =>
  provisioningTask(
    { step: 'RetireChannels', input: TaskInput, during: ['creating', 'updating', 'deleting'] },
    deps,
    async ({ agent }) => {
      const channels = await deps.channels.list(agent);
      const outcomes = await Promise.allSettled(channels.map((channel) => endingOf(agent)(deps, agent, channel)));
      // One that cannot be released keeps none of the others; its error is tried again.
      const broken = outcomes.find(({ status }) => status === 'rejected');
      if (broken?.status === 'rejected') throw broken.reason;
      const isPending = outcomes.some((one) => one.status === 'fulfilled' && one.value === 'pending');
      return isPending
        ? waiting<Output>({ status: 'pending' }, 'What channels have outside is being released.')
        : settled<Output>({ status: 'done' });
    },
  );

type Ending = (deps: RetireChannelsDeps, agent: Agent, channel: Channel) => Promise<Outcome>;

const endingOf = ({ status }: Agent): Ending => {
  if (status === 'deleting') return remove;
  return status === 'creating' ? giveBack : leave;
};

const remove: Ending = async (deps, agent, { userId, agentId, channelType }) => {
  const key = { userId, agentId, channelType };
  const retiring = await deps.channels.transition(key, 'retire', {}, { now: nowSeconds(deps.clock) });
  if (!retiring.written) return 'done';
  const outcome = await release(deps, agent, retiring.channel);
  if (outcome === 'done') await deps.channels.remove(key);
  return outcome;
};

const giveBack: Ending = async (deps, agent, channel) => {
  if (channel.status === 'retiring') return remove(deps, agent, channel);
  const outcome = await release(deps, agent, channel);
  if (outcome === 'pending') return outcome;
  const options = { now: nowSeconds(deps.clock), run: channel.run };
  await deps.channels.transition(channel, 'provision', {}, options);
  const reason = channel.status === 'failed' ? channel.statusReason : undefined;
  const change = { resources: {}, detail: null, busyUntilMs: null, statusReason: reason ?? AGENT_FAILED };
  await deps.channels.transition(channel, 'fail', change, options);
  return 'done';
};

/** A channel that was to come with the version that failed does not; those that serve are not touched. */
const leave: Ending = async ({ channels, clock }, _agent, channel) => {
  const change = { detail: null, statusReason: AGENT_FAILED };
  if (channel.status === 'provisioning') await channels.transition(channel, 'fail', change, { now: nowSeconds(clock) });
  return 'done';
};

const AGENT_FAILED = {
  code: 'channel-not-reached',
  message: 'The run failed before this channel was ready. It is tried again when the agent is retried.',
} as const;

/** Waits until no function can still be making something for the channel. */
const release = async (
  { channels, deployers, clock }: RetireChannelsDeps,
  agent: Agent,
  channel: Channel,
): Promise<Outcome> => {
  if ((channel.busyUntilMs ?? 0) > clock.now()) return 'pending';
  const { retire } = deployers[isConnectChannel(channel.channelType) ? 'connect' : 'social'];
  const { status } = await retire({
    agent,
    channel,
    keep: async (resources) => {
      await channels.keep(channel, resources, nowSeconds(clock));
    },
  });
  return status;
};
