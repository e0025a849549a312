import type { AgentKey } from '../agents/agent-store.ts';
import type { ConversationChannel, Customer, CustomerId, Identity } from './customer.ts';

/** What an agent is told about whoever it speaks with, and about its business: laid into its prompt. */
export interface AgentContext {
  readonly business?: Readonly<Record<string, unknown>>;
  /** What holds for now, as the owner of the agent has written it; only `specialInstructions` are to be obeyed. */
  readonly live?: {
    readonly data?: Readonly<Record<string, unknown>>;
    readonly notes?: string;
    readonly specialInstructions?: string;
  };
  readonly customer?: {
    readonly displayName?: string;
    readonly facts: Readonly<Record<string, string>>;
    readonly summary?: string;
    /** The newest entries, oldest first, of all channels. */
    readonly recent: readonly {
      readonly channel: ConversationChannel;
      readonly role: 'user' | 'assistant' | 'human';
      readonly text: string;
      readonly atMs: number;
    }[];
  };
}

export interface CustomerMemory {
  /** The customer with this identity; made where there is none. Two at once get the same one. */
  readonly meet: (agent: AgentKey, identity: Identity, displayName?: string) => Promise<Customer>;
  readonly contextOf: (
    customer: Customer,
    /** Entries whose `sourceId` begins so are left out: those of a call that goes on. */
    options?: { readonly without?: string },
  ) => Promise<NonNullable<AgentContext['customer']>>;
  /**
   * Adds what was said. Two channels at once lose nothing; an entry whose `sourceId` is there already is not added
   * again.
   */
  readonly remember: (
    key: AgentKey & { readonly customerId: CustomerId },
    entries: readonly {
      readonly channel: ConversationChannel;
      readonly role: 'user' | 'assistant' | 'human';
      readonly text: string;
      readonly atMs: number;
      readonly sourceId: string;
    }[],
    facts?: Readonly<Record<string, string>>,
  ) => Promise<void>;
}
