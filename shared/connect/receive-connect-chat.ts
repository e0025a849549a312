import type { SNSEvent } from 'aws-lambda';
import * as z from 'zod';
import type { CustomerMemory } from '../customers/customer-memory.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { Log } from '../kernel/log.ts';
import { PlatformHosts } from '../social/answer-customer-env.ts';
import type { MessageQueue } from '../social/message-queue.ts';
import type { ReplyRoute } from '../social/queued-message.ts';
import { customerWords, timeOf, wordsOf } from './chat-message.ts';
import type { ConnectContact, ContactStore } from './contact-store.ts';

export const ReceiveConnectChatEnv = z
  .object({
    CUSTOMERS_TABLE: text,
    CONVERSATIONS_TABLE: text,
    CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
    MESSAGE_QUEUE_URL: text,
    RESOURCE_PREFIX: text,
  })
  .extend(PlatformHosts.shape);

export interface ReceiveConnectChatDeps {
  readonly contacts: Pick<ContactStore, 'find' | 'hasEnded' | 'claimMessage' | 'forgetMessage'>;
  readonly queue: MessageQueue;
  readonly memory: Pick<CustomerMemory, 'meet' | 'remember'>;
  /** Brings a person's words to a customer who writes elsewhere. */
  readonly deliver: (contact: ConnectContact & { readonly route: ReplyRoute }, text: string) => Promise<void>;
  readonly handBack: (contact: ConnectContact) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What Connect publishes of a chat (adminguide, "Amazon SNS payload used in message streaming"). */
const ChatEvent = z.object({
  Id: z.string().min(1).max(256),
  Type: z.string(),
  ContentType: z.string(),
  Content: z.string().nullish(),
  ParticipantRole: z.string().nullish(),
  ContactId: z.string().min(1).max(256),
  InitialContactId: z.string().min(1).max(256).nullish(),
  AbsoluteTime: z.string().nullish(),
});
type ChatEvent = z.output<typeof ChatEvent>;

const ENDED = 'application/vnd.amazonaws.connect.event.chat.ended';
const CLAIM_SECONDS = 3 * 86_400;

/**
 * What is said in chats that we take part in: a customer's words are queued for the agent, a person's are brought to the
 * customer who writes elsewhere, and remembered. Each once; throws where a repetition of the event shall mend it.
 */
export const receiveConnectChat =
  (deps: ReceiveConnectChatDeps) =>
  async ({ Records }: Pick<SNSEvent, 'Records'>): Promise<void> => {
    for (const { Sns } of Records) {
      const event = eventOf(Sns.Message);
      if (event === undefined) deps.log('connect.chat.unreadable', { snsMessageId: Sns.MessageId });
      else await received(deps, event);
    }
  };

const eventOf = (message: string): ChatEvent | undefined => {
  try {
    return ChatEvent.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
};

/** Something was said in a chat that is not stored yet: whoever opens it is about to. */
class ContactUnknown extends Error {
  constructor() {
    super('The chat is not known yet.');
    this.name = 'ContactUnknown';
  }
}

const received = async (deps: ReceiveConnectChatDeps, event: ChatEvent): Promise<void> => {
  const contact = await contactOf(deps, event);
  if (contact === undefined) return unknown(deps, event);
  if (event.ContentType === ENDED) return deps.handBack(contact);
  if (contact.takesPartAs === 'bot') {
    const words = customerWords(contact, event, deps.clock);
    if (words.length > 0) return deps.queue.enqueue(words);
  }
  const said = wordsOf(event) ?? '';
  if (event.ParticipantRole === 'AGENT' && said !== '') await fromPerson(deps, contact, event, said);
};

/** Nothing said is lost: it is brought again, unless the chat is over. */
const unknown = async ({ contacts }: ReceiveConnectChatDeps, event: ChatEvent): Promise<void> => {
  const isSaid = /^(?:CUSTOMER|AGENT)$/.test(event.ParticipantRole ?? '') && wordsOf(event) !== undefined;
  if (!isSaid) return;
  const ids = [event.ContactId, event.InitialContactId ?? event.ContactId];
  for (const id of ids) if (await contacts.hasEnded(id)) return;
  throw new ContactUnknown();
};

/** A chat that was handed on has another id than the one that began. */
const contactOf = async ({ contacts }: ReceiveConnectChatDeps, { ContactId, InitialContactId }: ChatEvent) =>
  (await contacts.find(ContactId)) ??
  (InitialContactId === undefined || InitialContactId === null ? undefined : contacts.find(InitialContactId));

const fromPerson = async (
  deps: ReceiveConnectChatDeps,
  contact: ConnectContact,
  event: ChatEvent,
  said: string,
): Promise<void> => {
  const { contacts, memory, clock } = deps;
  if (!(await contacts.claimMessage(event.Id, nowSeconds(clock) + CLAIM_SECONDS))) return;
  try {
    const { route, userId, agentId, channel } = contact;
    if (route !== undefined) await deps.deliver({ ...contact, route }, said);
    const customerId = contact.customerId ?? (await memory.meet(contact, contact.identity)).customerId;
    const entry = {
      channel,
      role: 'human' as const,
      text: said,
      atMs: timeOf(event, clock),
      sourceId: `connect#${event.Id}`,
    };
    await memory.remember({ userId, agentId, customerId }, [entry]);
  } catch (error) {
    await contacts.forgetMessage(event.Id);
    throw error;
  }
};
