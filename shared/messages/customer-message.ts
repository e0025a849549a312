import type { AgentKey } from '../agents/agent-store.ts';
import type { ChannelType } from '../channels/channel.ts';
import type { CustomerId, Identity } from '../customers/customer.ts';
import type { Handoff } from './message.ts';

/** A message of a customer, whichever channel it came by. */
export interface CustomerMessage extends AgentKey {
  readonly channel: ChannelType;
  /** The platform's id of the message: the same id is answered once. */
  readonly messageId: string;
  readonly identity: Identity;
  readonly displayName?: string;
  readonly text: string;
  /** Kinds of what came with it and cannot be read: `image`, `audio`, `location`, … */
  readonly attachments: readonly string[];
  readonly sentAtMs: number;
}

/** What becomes of a customer's message. */
export type CustomerReply =
  | {
      readonly outcome: 'answered';
      /** Stored before it is given out: a repetition of the message gets the same words. */
      readonly text: string;
      readonly customerId: CustomerId;
      readonly handoff: Handoff | null;
      /** Whether an earlier delivery of the same message has been sent to the customer already (`markSent`). */
      readonly wasSent: boolean;
    }
  | { readonly outcome: 'paused'; readonly text: string; readonly wasSent: boolean }
  /** The agent is stopped, gone, or a person has taken over: nothing is to be sent. */
  | { readonly outcome: 'silent'; readonly reason: 'stopped' | 'gone' | 'with-a-person' };

/** Answers customers' messages, each once, those of one customer one after the other. */
export interface CustomerMessages {
  /** Throws where it is worth to try again: `agent-unavailable`, `session-busy`, `too-many-requests`. */
  readonly answer: (message: CustomerMessage) => Promise<CustomerReply>;
  /** The reply has reached the platform. */
  readonly markSent: (message: Pick<CustomerMessage, 'userId' | 'agentId' | 'channel' | 'messageId'>) => Promise<void>;
}
