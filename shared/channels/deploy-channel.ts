import { nowSeconds } from '../kernel/clock.ts';
import { RunSuperseded } from '../provisioning/failures.ts';
import {
  PROVISIONING,
  requireWanted,
  type TaskContext,
  type TaskDeps,
  type TaskHandler,
} from '../provisioning/provisioning-task.ts';
import { ChannelInput, type TaskOutput } from '../provisioning/task-contract.ts';
import type { Channel } from './channel.ts';
import { type ChannelDeployer, ChannelFailedError, type ChannelJob } from './channel-deployer.ts';
import type { ChannelChange, ChannelStore } from './channel-store.ts';

export interface DeployChannelDeps extends TaskDeps {
  readonly channels: Pick<ChannelStore, 'find' | 'transition' | 'update' | 'keep' | 'remove'>;
  readonly deployer: ChannelDeployer;
}

type Output = TaskOutput<'DeployConnectChannel'>;

/** What an invocation leaves on the row of a channel that nobody is at work on any more. */
const AT_REST = { busyUntilMs: null } as const;
const SETTLED = { busyUntilMs: null, detail: null } as const;

/**
 * Brings one channel up, or takes it away where its row says so: the function of every item of `DeployChannels`. A
 * channel that cannot be had is written down as failed here; whatever is thrown is worth another try.
 */
export const deployChannel =
  (deps: DeployChannelDeps): TaskHandler<Output> =>
  async (event, context) => {
    const input = ChannelInput.parse(event);
    const agent = requireWanted(await deps.agents.find(input), input, PROVISIONING);
    const found = await deps.channels.find(input);
    if (found === undefined) return { status: 'retired' };
    if (found.run !== input.run) throw superseded(input);
    // Said already: the answer was lost, not the work.
    if (found.status === 'active' || found.status === 'failed') return { status: found.status };
    const channel = await hold(deps, input, found, context);
    const work = found.status === 'retiring' ? retire : deploy;
    return settle(deps, input, () => work(deps, input, { agent, channel, keep: keeper(deps, channel) }));
  };

const superseded = ({ channelType, run }: Pick<ChannelInput, 'channelType' | 'run'>): RunSuperseded =>
  new RunSuperseded(`Run ${run} no longer has the channel ${channelType}.`);

/** Announces work, so that a retirement waits for it; refused when a retirement was quicker. */
const hold = async (
  { channels, clock }: DeployChannelDeps,
  input: ChannelInput,
  { status, attempt }: Channel,
  context: TaskContext,
): Promise<Channel> => {
  const nowMs = clock.now();
  const held = await channels.transition(
    input,
    status === 'retiring' ? 'retire' : 'provision',
    { busyUntilMs: nowMs + context.getRemainingTimeInMillis(), attempt: input.retry > 0 ? attempt + 1 : attempt },
    { now: nowSeconds(clock), run: input.run },
  );
  if (!held.written) throw superseded(input);
  return held.channel;
};

/** Nothing more is made for a channel that nobody wants any more; what exists is known first. */
const keeper =
  (
    { channels, clock }: DeployChannelDeps,
    { userId, agentId, channelType, status, run }: Channel,
  ): ChannelJob['keep'] =>
  async (resources) => {
    const current = await channels.keep({ userId, agentId, channelType }, resources, nowSeconds(clock));
    if (current?.status !== status || current.run !== run) throw superseded({ channelType, run });
  };

const deploy = async (deps: DeployChannelDeps, input: ChannelInput, job: ChannelJob): Promise<Output> => {
  const { status, detail } = await deps.deployer.deploy(job);
  const options = { now: nowSeconds(deps.clock), run: input.run };
  if (status === 'pending') {
    await deps.channels.update(input, { ...AT_REST, detail: detail ?? null }, options);
    return { status };
  }
  // What a deployer says of a channel that is there is what is left to a person.
  const change = { ...AT_REST, detail: detail ?? null, statusReason: null };
  const written = await deps.channels.transition(input, 'activate', change, options);
  if (!written.written) throw superseded(input);
  return { status };
};

const retire = async (deps: DeployChannelDeps, input: ChannelInput, job: ChannelJob): Promise<Output> => {
  const { status } = await deps.deployer.retire(job);
  if (status === 'done') {
    await deps.channels.remove(input);
    return { status: 'retired' };
  }
  const change = { ...AT_REST, detail: 'What it has outside is being released.' };
  await deps.channels.update(input, change, { now: nowSeconds(deps.clock), run: input.run });
  return { status };
};

const settle = async (deps: DeployChannelDeps, input: ChannelInput, work: () => Promise<Output>): Promise<Output> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ChannelFailedError) {
      await failChannel(deps, input, { code: error.code, message: error.message });
      return { status: 'failed' };
    }
    await interrupted(deps, input, error);
    throw error;
  }
};

/** Best effort: the failure itself matters more than its note. */
const interrupted = async ({ channels, clock }: DeployChannelDeps, input: ChannelInput, error: unknown) => {
  const name = error instanceof Error ? error.name : 'an unknown error';
  const note = error instanceof RunSuperseded ? {} : { detail: `Interrupted by ${name}; it is tried again.` };
  await channels
    .update(input, { ...AT_REST, ...note }, { now: nowSeconds(clock), run: input.run })
    .catch(() => undefined);
};

/**
 * Writes down why a channel is not there: `failed`, or still `retiring` with a reason, to be released by the next run.
 * Nothing happens when it is another run's, or has come up after all.
 */
export const failChannel = async (
  {
    channels,
    clock,
  }: Pick<DeployChannelDeps, 'clock'> & { readonly channels: Pick<ChannelStore, 'transition' | 'update'> },
  input: Pick<ChannelInput, 'userId' | 'agentId' | 'channelType' | 'run'>,
  { code, message }: { readonly code: string; readonly message: string },
): Promise<void> => {
  const change: ChannelChange = { ...SETTLED, statusReason: { code, message, step: 'DeployChannels' } };
  const options = { now: nowSeconds(clock), run: input.run };
  const failed = await channels.transition(input, 'fail', change, options);
  if (!failed.written && failed.current?.status === 'retiring') await channels.update(input, change, options);
};
