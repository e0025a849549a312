import type { MessageKey } from '../messages/message-claims.ts';

/** How much of a long reply has reached the customer: whoever goes on with it does not begin anew. */
export interface SentParts {
  /** 0 when nothing is known. */
  readonly count: (key: MessageKey) => Promise<number>;
  readonly record: (key: MessageKey, count: number) => Promise<void>;
}
