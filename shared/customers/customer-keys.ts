import { createHash } from 'node:crypto';
import type { AgentKey } from '../agents/agent-store.ts';
import type { SessionId } from '../kernel/ids.ts';
import type { ConversationKey } from '../messages/conversation-store.ts';
import type { CustomerId, CustomerKey, Identity } from './customer.ts';

export const agentKeyOf = ({ userId, agentId }: AgentKey): string => `${userId}#${agentId}`;

export const CUSTOMER_ITEMS = 'customer#';
/** Of replies to a customer, so that who erases them finds these. */
export const replyItems = (customerId: CustomerId): string => `reply#${customerId}#`;

export const customerItem = (customerId: CustomerId): string => `${CUSTOMER_ITEMS}${customerId}`;
const identityItem = ({ kind, value }: Identity): string => `identity#${kind}#${value}`;

export const customerRow = (key: CustomerKey) => ({ agentKey: agentKeyOf(key), item: customerItem(key.customerId) });
export const identityRow = (agent: AgentKey, identity: Identity) => ({
  agentKey: agentKeyOf(agent),
  item: identityItem(identity),
});

/** A customer's conversation lies where sessions lie. Session ids of clients hold no `#`, so none can name it. */
export const customerConversation = ({ userId, agentId, customerId }: CustomerKey): ConversationKey => ({
  userId,
  agentId,
  sessionId: `customer#${customerId}` as SessionId,
});

/** Partition of the entries. */
export const entriesKey = (key: CustomerKey): string => `${agentKeyOf(key)}#customer#${key.customerId}`;

/** Marks an entry as written; its id comes from outside, so its length is not trusted. */
export const sourceRow = (key: CustomerKey, sourceId: string) => ({
  conversationKey: `${entriesKey(key)}#source#${sha256(sourceId)}`,
  turn: 0,
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
