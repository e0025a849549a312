import type { ChannelStatus, ChannelType } from '../channels/channel.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';

/** Where customers reach an agent, as a listing shows it. */
export interface AgentReach {
  /** In the order of their names. */
  readonly channels: readonly { readonly channelType: ChannelType; readonly status: ChannelStatus }[];
  /** E.164, in their order: those it answers, and those that its channels brought. */
  readonly phoneNumbers: readonly string[];
}

/** An agent that nobody reaches but by the API and in the browser. */
export const NO_REACH: AgentReach = { channels: [], phoneNumbers: [] };

/** Where customers reach agents; may lag behind by a second. */
export interface AgentReaches {
  /** Of these agents, those that are reached at all. Reads are bounded by their number, whatever else the tenant has. */
  readonly of: (userId: UserId, agentIds: readonly AgentId[]) => Promise<ReadonlyMap<AgentId, AgentReach>>;
}
