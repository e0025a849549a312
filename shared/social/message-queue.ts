import type { QueuedMessage } from './queued-message.ts';

/** The queue between whoever receives customers' messages and whoever answers them; in order within a conversation. */
export interface MessageQueue {
  /** In this order. Throws unless the queue has every one; a repetition of what it has adds nothing. */
  readonly enqueue: (messages: readonly QueuedMessage[]) => Promise<void>;
}

/** Of messages that were handed out and not done with. */
export interface QueueDelays {
  /** They are handed out again only after this time, whatever the queue's own is. */
  readonly delay: (messages: readonly { readonly receiptHandle: string; readonly seconds: number }[]) => Promise<void>;
}
