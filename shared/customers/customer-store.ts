import type { AgentKey } from '../agents/agent-store.ts';
import type { UserId } from '../kernel/ids.ts';
import type { ConversationEntry, Customer, CustomerId, CustomerKey, Identity } from './customer.ts';

/** What changes in a customer's row; `null` removes. */
export interface CustomerChange {
  readonly displayName?: string | null;
  readonly facts?: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly summarizedBefore?: number;
  readonly lastChannel?: Customer['lastChannel'];
  readonly lastSeenAt?: number;
  readonly withPersonUntil?: number | null;
  readonly expiresAt?: number;
}

/** What is written together with the customer's row, all or nothing. */
export interface CustomerAdditions {
  /** Said just now; their numbers are `nextEntry` and those after it. */
  readonly entries?: readonly ConversationEntry[];
  /** Unix seconds at which these entries are forgotten. */
  readonly entriesExpireAt?: number;
  /** An identity that shall stand for this customer from now on. */
  readonly identity?: Identity;
}

/**
 * `changed`: the row is not the one that was read, or gone; read again. `repeated`: one of the entries is there already.
 * `taken`: the identity stands for somebody else.
 */
export type CustomerWritten = 'written' | 'changed' | 'repeated' | 'taken';

export interface CustomerPage {
  readonly customers: readonly Customer[];
  readonly last?: CustomerId;
}

/**
 * Customers of all agents; every access is by key or index, and a row past its time is not there. Times are Unix
 * seconds.
 */
export interface CustomerStore {
  /** Strongly consistent. */
  readonly find: (key: CustomerKey, now: number) => Promise<Customer | undefined>;
  /** One of the tenant's, whichever agent's. */
  readonly locate: (
    customer: { readonly userId: UserId; readonly customerId: CustomerId },
    now: number,
  ) => Promise<Customer | undefined>;
  /** The same of any row there is, also one past its time or half erased. */
  readonly locateKey: (customer: {
    readonly userId: UserId;
    readonly customerId: CustomerId;
  }) => Promise<CustomerKey | undefined>;
  /** Strongly consistent. */
  readonly findByIdentity: (agent: AgentKey, identity: Identity, now: number) => Promise<Customer | undefined>;
  /** False when one of the identities stands for somebody already. */
  readonly create: (customer: Customer, now: number) => Promise<boolean>;
  /** Writes only over the revision that was read. */
  readonly write: (
    customer: Customer,
    change: CustomerChange,
    additions: CustomerAdditions,
    now: number,
  ) => Promise<CustomerWritten>;
  /** Which of these have been written. */
  readonly known: (key: CustomerKey, sourceIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Newest first, below `before`. Strongly consistent. */
  readonly entries: (
    key: CustomerKey,
    range: { readonly before?: number; readonly limit: number },
    now: number,
  ) => Promise<readonly ConversationEntry[]>;
  /** Newest first. */
  readonly list: (
    agent: AgentKey,
    page: { readonly limit: number; readonly after?: CustomerId },
    now: number,
  ) => Promise<CustomerPage>;
  /** Everything that was ever stored for this customer; may be repeated. From the first moment on nothing can be added any more. */
  readonly erase: (customer: Pick<Customer, 'userId' | 'agentId' | 'customerId'>) => Promise<void>;
  /** Erases customers of an agent, at most `limit` of them; true when none is left. For teardown: repeat until true. */
  readonly forget: (agent: AgentKey, limit: number) => Promise<boolean>;
}
