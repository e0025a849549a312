import type { AgentKey } from '../agents/agent-store.ts';
import type { ChannelType } from '../channels/channel.ts';
import type { CustomerId, Identity } from '../customers/customer.ts';
import type { ReplyRoute } from '../social/queued-message.ts';

/** A chat that we take part in: as the agent (`bot`), or in the place of a customer who writes elsewhere (`customer`). */
export interface ConnectContact extends AgentKey {
  readonly contactId: string;
  readonly instanceArn: string;
  readonly channel: ChannelType;
  readonly takesPartAs: 'bot' | 'customer';
  readonly identity: Identity;
  readonly participantToken: string;
  readonly connectionToken: string;
  /** Of a chat begun for a customer: who it is, and the way back to where they write. */
  readonly customerId?: CustomerId;
  readonly route?: ReplyRoute;
  /** Unix seconds; chats live a day. */
  readonly expiresAt: number;
}

/** The chats of Amazon Connect that we take part in. */
export interface ContactStore {
  readonly find: (contactId: string) => Promise<ConnectContact | undefined>;
  /** Stores a chat unless it is there or has ended. */
  readonly add: (contact: ConnectContact) => Promise<void>;
  readonly put: (contact: ConnectContact) => Promise<void>;
  /** The chat in which a person speaks with this customer. */
  readonly findOfCustomer: (customer: AgentKey & { readonly customerId: CustomerId }) => Promise<string | undefined>;
  /** Forgets a chat but for the fact that it was. */
  readonly end: (contact: ConnectContact) => Promise<void>;
  readonly hasEnded: (contactId: string) => Promise<boolean>;
  /** True for the first who asks about a message; `forget` lets another try. */
  readonly claimMessage: (messageId: string, expiresAt: number) => Promise<boolean>;
  readonly forgetMessage: (messageId: string) => Promise<void>;
}
