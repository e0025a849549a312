import type { CustomerId, CustomerKey } from '../customers/customer.ts';
import type { Counted } from '../statistics/statistics-store.ts';
import type { CustomerMessage, CustomerReply } from './customer-message.ts';

/** Names one message of a platform. */
export type MessageKey = Pick<CustomerMessage, 'userId' | 'agentId' | 'channel' | 'messageId'>;

/** What was decided about a message, as it is stored. */
export type SettledReply =
  | Omit<Extract<CustomerReply, { outcome: 'answered' }>, 'wasSent'>
  | Omit<Extract<CustomerReply, { outcome: 'paused' }>, 'wasSent'>
  | Extract<CustomerReply, { outcome: 'silent' }>;

/** Who may answer a message, and until when; Unix seconds. */
export interface MessageClaim {
  readonly key: MessageKey;
  /** Marks the holder. */
  readonly token: string;
  readonly until: number;
}

/**
 * `taken`: it is this process's to answer, or to send where there is a reply already. `sent`: all is done. `busy`:
 * somebody else is at it.
 */
export type Claimed =
  | { readonly outcome: 'taken'; readonly reply?: SettledReply }
  | { readonly outcome: 'sent'; readonly reply: SettledReply }
  | { readonly outcome: 'busy' };

/** What has become of messages: each is answered once, however often it is delivered. */
export interface MessageClaims {
  readonly claim: (claim: MessageClaim, now: number) => Promise<Claimed>;
  /**
   * Keeps the reply and, until `until` of this claim, the right to send it, before anybody is told it. `lost`: the claim
   * is somebody else's by now. What is `counted` is so in the same write. `erased`: the customer is gone, and nothing of theirs may be kept.
   */
  readonly settle: (
    claim: MessageClaim,
    reply: SettledReply,
    customer: CustomerKey | undefined,
    counted?: Counted,
  ) => Promise<'kept' | 'lost' | 'erased'>;
  /** Lets the next delivery try at once. */
  readonly release: (claim: MessageClaim) => Promise<void>;
  /** The reply has reached the platform; gives the customer it was for, if any. */
  readonly markSent: (key: MessageKey, now: number) => Promise<CustomerId | undefined>;
}
