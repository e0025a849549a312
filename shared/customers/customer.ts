import * as z from 'zod';
import type { AgentKey } from '../agents/agent-store.ts';
import type { ChannelType } from '../channels/channel.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';

/** UUID version 7. */
export const CustomerId = z.uuid().brand<'CustomerId'>();
export type CustomerId = z.output<typeof CustomerId>;

/** Where something was said; `browser` and `phone` are calls, `api` is `POST /agents/{agentId}/messages`. */
export type ConversationChannel = ChannelType | 'browser' | 'phone' | 'api';

/**
 * What stands for a person at an agent. A telephone number (E.164) that the network vouches for is one kind for voice,
 * SMS and WhatsApp alike; an id that a platform gives is one of that platform only. Nothing else joins two identities
 * but an explicit link.
 */
export type IdentityKind = 'phone' | 'whatsapp' | 'instagram' | 'facebook' | 'twitter' | 'chat' | 'external';
export interface Identity {
  readonly kind: IdentityKind;
  readonly value: string;
}

/** Names one customer of one agent. */
export interface CustomerKey extends AgentKey {
  readonly customerId: CustomerId;
}

/** A person as one agent knows them; never shared between tenants, nor between agents. Times are Unix seconds. */
export interface Customer {
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly customerId: CustomerId;
  readonly identities: readonly Identity[];
  readonly displayName?: string;
  /** Facts that agents collected or an operator wrote, by name. */
  readonly facts: Readonly<Record<string, string>>;
  /** Of the entries before `summarizedBefore`, once the conversation is long. */
  readonly summary?: string;
  readonly summarizedBefore?: number;
  /** The number the next entry gets; grows by one with each, in one conditional write. */
  readonly nextEntry: number;
  readonly lastChannel?: ConversationChannel;
  /** A person speaks with them until then: the agent only listens. */
  readonly withPersonUntil?: number;
  readonly lastSeenAt: number;
  readonly revision: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** One thing said, in the conversation across channels. */
export interface ConversationEntry {
  readonly entry: number;
  readonly channel: ConversationChannel;
  readonly role: 'user' | 'assistant' | 'human';
  readonly text: string;
  readonly atMs: number;
  /** The platform's message, or the call and its entry: a repetition of it is not written again. */
  readonly sourceId: string;
}
