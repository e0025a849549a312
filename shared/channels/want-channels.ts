import { isDeepStrictEqual } from 'node:util';
import type { AgentKey } from '../agents/agent-store.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { problem } from '../kernel/problems.ts';
import type { Channel, ChannelType } from './channel.ts';
import type { WantedChannel } from './channel-settings.ts';
import type { ChannelStore } from './channel-store.ts';

export interface WantChannelsDeps {
  readonly channels: Pick<ChannelStore, 'list' | 'insert' | 'transition'>;
  readonly clock: Clock;
}

/** What lies between the channels an agent has and those it is to have. */
export interface ChannelsPlan {
  readonly add: readonly WantedChannel[];
  readonly change: readonly Pick<Channel, 'channelType' | 'settings'>[];
  readonly remove: readonly ChannelType[];
}

export const isNothing = ({ add, change, remove }: ChannelsPlan): boolean =>
  add.length + change.length + remove.length === 0;

/**
 * Compares rows with a whole list of wishes, between two runs: what is `provisioning` then was left behind by one that
 * broke. A failed channel whose settings stay is left to its own retry.
 * @throws channel-busy for one that is wanted again before it is gone
 */
export const planWanted = (rows: readonly Channel[], wanted: readonly WantedChannel[]): ChannelsPlan => {
  const has = (type: ChannelType) => rows.find(({ channelType }) => channelType === type);
  const again = wanted.find(({ channelType }) => has(channelType)?.status === 'retiring');
  if (again !== undefined) {
    throw problem(
      'channel-busy',
      `The channel ${again.channelType} is still being removed; then it can be added again.`,
    );
  }
  return {
    add: wanted.filter(({ channelType }) => has(channelType) === undefined),
    change: wanted.filter(({ channelType, settings }) => {
      const row = has(channelType);
      return row !== undefined && (row.status === 'provisioning' || !isDeepStrictEqual(row.settings, settings));
    }),
    remove: rows
      .map(({ channelType }) => channelType)
      .filter((type) => !wanted.some(({ channelType }) => channelType === type)),
  };
};

/** Writes a plan into the rows, for `run` to carry out. Repeated, it changes nothing. */
export const applyPlan =
  ({ channels, clock }: WantChannelsDeps) =>
  async ({ userId, agentId }: AgentKey, run: number, { add, change, remove }: ChannelsPlan): Promise<void> => {
    const now = nowSeconds(clock);
    const fresh = { run, attempt: 1, statusReason: null, detail: null } as const;
    const provision = ({ channelType, settings }: Pick<Channel, 'channelType' | 'settings'>) =>
      channels.transition({ userId, agentId, channelType }, 'provision', { ...fresh, settings }, { now });
    await Promise.all([
      ...add.map(async (wanted) => {
        const inserted = await channels.insert(newChannel({ userId, agentId }, run, wanted, now));
        return inserted || provision(wanted);
      }),
      ...change.map(provision),
      ...remove.map((channelType) => channels.transition({ userId, agentId, channelType }, 'retire', fresh, { now })),
    ]);
  };

/** A channel as it begins: `run` provisions it. */
export const newChannel = (
  { userId, agentId }: AgentKey,
  run: number,
  { channelType, settings }: WantedChannel,
  now: number,
): Channel => ({
  userId,
  agentId,
  channelType,
  status: 'provisioning',
  settings,
  resources: {},
  run,
  attempt: 1,
  createdAt: now,
  updatedAt: now,
});
