import type { AgentKey } from '../agents/agent-store.ts';
import type { UserId } from '../kernel/ids.ts';
import type { Channel, ChannelResources, ChannelTransition, ChannelType } from './channel.ts';

export type ChannelKey = AgentKey & Pick<Channel, 'channelType'>;

type Changeable = Pick<
  Channel,
  'settings' | 'resources' | 'run' | 'attempt' | 'statusReason' | 'detail' | 'busyUntilMs'
>;

/** Attributes to set; `null` removes one. `resources` replaces all that was known, `keep` adds to it. */
export type ChannelChange = { readonly [Name in keyof Changeable]?: Changeable[Name] | null };

export interface ChannelWriteOptions {
  /** Unix seconds, becomes `updatedAt`. */
  readonly now: number;
  /** The run the writer works for: refused when the channel is another run's. */
  readonly run?: number;
}

/** `written: false`: a condition did not hold; `current` is the row that stood in the way, absent when there is none. */
export type ChannelWritten =
  | { readonly written: true; readonly channel: Channel }
  | { readonly written: false; readonly current: Channel | undefined };

/** An account of a platform, as the platform names it. One agent answers it. */
export interface PlatformAccount {
  readonly channelType: ChannelType;
  readonly accountId: string;
}

/** Where a platform brings a tenant's messages: the id is in the address and means nothing to anybody else. */
export interface ChannelWebhook {
  readonly webhookId: string;
  readonly userId: UserId;
  /** As in `PUT /channel-credentials/{platform}`: `meta`, `twitter`. */
  readonly platform: string;
  /** Unix seconds. */
  readonly createdAt: number;
}

/** The channels of all agents, who answers which account, and whose webhook is whose. Reads by key are strongly consistent. */
export interface ChannelStore {
  /** In the order of their names. */
  readonly list: (agent: AgentKey) => Promise<readonly Channel[]>;
  readonly find: (key: ChannelKey) => Promise<Channel | undefined>;
  /** All channels of one type that a tenant's agents have; may lag behind by a second. */
  readonly listOfTenant: (userId: UserId, channelType: ChannelType) => Promise<readonly Channel[]>;
  /** False when the agent has this channel already. */
  readonly insert: (channel: Channel) => Promise<boolean>;
  /** Moves a channel along one edge of `CHANNEL_TRANSITIONS`; refused from any other status. */
  readonly transition: (
    key: ChannelKey,
    transition: ChannelTransition,
    change: ChannelChange,
    options: ChannelWriteOptions,
  ) => Promise<ChannelWritten>;
  /** Changes attributes whatever the status; refused when there is no such channel. */
  readonly update: (key: ChannelKey, change: ChannelChange, options: ChannelWriteOptions) => Promise<ChannelWritten>;
  /**
   * Adds to what the channel has outside, whatever its status and run: what exists must be known. Gives the channel as
   * it then is, undefined when there is none.
   */
  readonly keep: (key: ChannelKey, resources: Partial<ChannelResources>, now: number) => Promise<Channel | undefined>;
  /** Removes a channel that is being retired; any other stays. */
  readonly remove: (key: ChannelKey) => Promise<void>;
  /** Gives an account to an agent; true when it has it now (or had it), false when another agent has it. */
  readonly claimAccount: (account: PlatformAccount, agent: AgentKey) => Promise<boolean>;
  /** Nothing happens when the agent does not have it. */
  readonly releaseAccount: (account: PlatformAccount, agent: AgentKey) => Promise<void>;
  readonly findAccount: (account: PlatformAccount) => Promise<AgentKey | undefined>;
  /** False when the id is taken. */
  readonly putWebhook: (webhook: ChannelWebhook) => Promise<boolean>;
  readonly findWebhook: (webhookId: string) => Promise<ChannelWebhook | undefined>;
  /** Nothing happens when it is not the tenant's. */
  readonly removeWebhook: (webhook: Pick<ChannelWebhook, 'webhookId' | 'userId'>) => Promise<void>;
}
