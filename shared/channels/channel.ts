import type { StatusReason } from '../agents/agent.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';

/** Where customers reach an agent. `voice` is a telephone number of Amazon Connect; `twitter` is X, `facebook` is Messenger. */
export const CHANNEL_TYPES = ['voice', 'sms', 'chat', 'whatsapp', 'instagram', 'facebook', 'twitter'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

export const CONNECT_CHANNELS = ['voice', 'sms', 'chat'] as const satisfies readonly ChannelType[];
export type ConnectChannelType = (typeof CONNECT_CHANNELS)[number];

export const SOCIAL_CHANNELS = [
  'whatsapp',
  'instagram',
  'facebook',
  'twitter',
] as const satisfies readonly ChannelType[];
export type SocialChannelType = (typeof SOCIAL_CHANNELS)[number];

export const isConnectChannel = (type: ChannelType): type is ConnectChannelType =>
  (CONNECT_CHANNELS as readonly string[]).includes(type);

/**
 * The one table of legal changes of a channel's status. A channel lives and fails alone: an agent is active on those
 * that are.
 */
export const CHANNEL_TRANSITIONS = {
  provision: { from: ['provisioning', 'active', 'failed'], to: 'provisioning' },
  activate: { from: ['provisioning'], to: 'active' },
  fail: { from: ['provisioning'], to: 'failed' },
  retire: { from: ['provisioning', 'active', 'failed', 'retiring'], to: 'retiring' },
} as const satisfies Record<string, { from: readonly ChannelStatus[]; to: ChannelStatus }>;
export type ChannelTransition = keyof typeof CHANNEL_TRANSITIONS;

export const CHANNEL_STATUSES = ['provisioning', 'active', 'failed', 'retiring'] as const;
export type ChannelStatus = (typeof CHANNEL_STATUSES)[number];

/**
 * What a channel has outside, by the names of the outside. Written as soon as each thing exists, so that a repeated
 * step finds it and a retirement can release it.
 */
export interface ChannelResources {
  /** E.164. */
  readonly phoneNumber?: string;
  /** Amazon Connect's id of the number. */
  readonly phoneNumberId?: string;
  readonly connectInstanceArn?: string;
  /** Whether the instance was made for this agent and goes with it. */
  readonly isDedicatedInstance?: boolean;
  readonly contactFlowArn?: string;
  /** The account of a platform that this channel answers: WhatsApp phone number id, page id, Instagram or X user id. */
  readonly accountId?: string;
  readonly elizaosAgentId?: string;
  /** What the platform is told to call. */
  readonly webhookUrl?: string;
}

/** One row of `{prefix}-channels` (PK `agentKey` = `{userId}#{agentId}`, SK `channelType`). Times are Unix seconds. */
export interface Channel {
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly channelType: ChannelType;
  readonly status: ChannelStatus;
  /** Why it failed, in words a person can act on. */
  readonly statusReason?: StatusReason;
  /** As asked for, parsed by the schema of its type (`channel-settings.ts`). */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly resources: ChannelResources;
  /** The run of the agent that provisions it; an older run changes nothing any more. */
  readonly run: number;
  readonly attempt: number;
  /** One sentence: what is being waited for; of an active channel, what is left to its owner to do. */
  readonly detail?: string;
  /** While a function is at work on it: until when, at the latest (Unix milliseconds). Retirement waits for it. */
  readonly busyUntilMs?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
