import type { ChannelType } from '../../../shared/channels/channel.ts';
import type { ChannelDeployer, ChannelJob } from '../../../shared/channels/channel-deployer.ts';

/** What a deployment comes to: after so many looks it is there, or it throws, each time or until the given call. */
export interface Fate {
  /** Calls that say `pending` first; 1 unless given. */
  readonly looks?: number;
  readonly retireLooks?: number;
  readonly throws?: (call: number) => Error | undefined;
  readonly retireThrows?: (call: number) => Error | undefined;
}

/** Things outside as a platform holds them: made once for each channel, gone when it is retired. */
export const fakeDeployer = (fates: Partial<Record<ChannelType, Fate>> = {}) => {
  const held = new Set<string>();
  const made: string[] = [];
  const calls = new Map<string, number>();
  const nth = (what: string, { channel }: ChannelJob): number => {
    const key = `${what} ${channel.channelType}`;
    calls.set(key, (calls.get(key) ?? 0) + 1);
    return calls.get(key) ?? 0;
  };
  const deployer: ChannelDeployer = {
    deploy: async (job) => {
      const { channel, agent, keep } = job;
      const fate = fates[channel.channelType] ?? {};
      const call = nth('deploy', job);
      const accountId = `${channel.channelType}-${agent.agentId.slice(-4)}`;
      if (!held.has(accountId)) {
        held.add(accountId);
        made.push(accountId);
      }
      await keep({ accountId });
      const error = fate.throws?.(call);
      if (error !== undefined) throw error;
      return call <= (fate.looks ?? 1) ? { status: 'pending', detail: 'Being made.' } : { status: 'active' };
    },
    retire: async (job) => {
      const { channel, agent } = job;
      const fate = fates[channel.channelType] ?? {};
      const call = nth('retire', job);
      const error = fate.retireThrows?.(call);
      if (error !== undefined) throw error;
      if (call <= (fate.retireLooks ?? 0)) return { status: 'pending' };
      held.delete(`${channel.channelType}-${agent.agentId.slice(-4)}`);
      return { status: 'done' };
    },
  };
  return { deployer, held, made, calls };
};
