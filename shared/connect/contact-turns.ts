import type { AgentKey } from '../agents/agent-store.ts';
import type { ConnectChannelType } from '../channels/channel.ts';
import type { Identity } from '../customers/customer.ts';
import type { CustomerMessage } from '../messages/customer-message.ts';
import type { HandoffAttribute } from './flow/actions.ts';

/** What `answer-contact` asks of `answer-contact-turn`. */
export type ContactTurnRequest =
  | { readonly kind: 'ask'; readonly message: CustomerMessage }
  /** What a person shall be told; the customer has asked for one. */
  | {
      readonly kind: 'person';
      readonly agent: AgentKey;
      readonly channel: ConnectChannelType;
      readonly identity: Identity;
    };

/** What becomes of a turn: `busy` is worth asking again in a moment. */
export type ContactTurnAnswer =
  | { readonly outcome: 'answered'; readonly text: string }
  | {
      readonly outcome: 'person';
      readonly text: string;
      readonly attributes: Readonly<Record<HandoffAttribute, string>>;
    }
  | { readonly outcome: 'end'; readonly text: string }
  | { readonly outcome: 'busy' };

/**
 * The turns of contacts, carried out by a function that has the time a flow has not. A turn that was given up here goes on
 * there, and asking for it again gets its words.
 */
export interface ContactTurns {
  /** Undefined when there is no answer within `timeoutMs`. Throws what the function ended with. */
  readonly ask: (request: ContactTurnRequest, timeoutMs: number) => Promise<ContactTurnAnswer | undefined>;
}
