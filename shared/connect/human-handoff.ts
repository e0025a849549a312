import type { AgentKey } from '../agents/agent-store.ts';
import type { CustomerId } from '../customers/customer.ts';
import type { CustomerMemory } from '../customers/customer-memory.ts';
import type { CustomerStore } from '../customers/customer-store.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import type { CustomerReply } from '../messages/customer-message.ts';
import type { QueuedMessage } from '../social/queued-message.ts';
import { clientUuid } from './client-uuid.ts';
import { instanceIdOf } from './connect-api.ts';
import { ChatOver, type ConnectChats } from './connect-chats.ts';
import { clippedText } from './contact-event.ts';
import type { ConnectContact, ContactStore } from './contact-store.ts';
import { handoffAttributes } from './handoff.ts';
import { CHAT_SECONDS } from './open-chat.ts';
import { sayInChat } from './say-in-chat.ts';

export interface HumanHandoffDeps {
  readonly chats: ConnectChats;
  readonly contacts: ContactStore;
  readonly customers: Pick<CustomerStore, 'find' | 'write'>;
  readonly memory: Pick<CustomerMemory, 'meet' | 'contextOf'>;
  /** The flow that leads chats from elsewhere to people. */
  readonly handoffFlowArn: string;
  readonly apiUrl: string;
  readonly clock: Clock;
}

/** Most characters of one message of a chat (Connect Participant API, SendMessage). */
const MAX_CHAT_CHARACTERS = 1024;
/** Attempts to write a customer's row that others write, too. */
const WRITE_ATTEMPTS = 5;

type Answered = Extract<CustomerReply, { readonly outcome: 'answered' }>;

/**
 * Gives a customer to a person, with what is known of them. A chat of Amazon Connect goes on to the queue as soon as the
 * agent's bot has left it; for a customer who writes elsewhere a chat begins in their place, what is said in it coming
 * back by the stage's topic. Until the chat is over the agent only listens. Repeated, it is the same hand-over.
 */
export const handOver =
  (deps: HumanHandoffDeps) =>
  async ({ message, route }: QueuedMessage, { customerId, handoff }: Answered): Promise<void> => {
    const { userId, agentId, channel } = message;
    const now = nowSeconds(deps.clock);
    const customer = await deps.customers.find({ userId, agentId, customerId }, now);
    if (customer === undefined) return;
    const known = await deps.memory.contextOf(customer);
    const attributes = handoffAttributes({
      agentId,
      channel,
      customerId,
      handoff,
      customer: known,
      apiUrl: deps.apiUrl,
    });
    const until = now + CHAT_SECONDS;
    if (route.kind === 'connect') {
      const contact = await deps.contacts.find(route.contactId);
      if (contact === undefined) return;
      await deps.chats.setAttributes(contact.instanceArn, contact.contactId, attributes);
      await deps.contacts.put({ ...contact, customerId });
      await listenOnly(deps, { userId, agentId, customerId }, until);
      await deps.chats.leave(contact.connectionToken);
      return;
    }
    if ((await deps.contacts.findOfCustomer({ userId, agentId, customerId })) !== undefined) return;
    const started = await deps.chats.start({
      contactFlowArn: deps.handoffFlowArn,
      displayName: message.displayName ?? customer.displayName ?? 'Customer',
      text: clippedText(message.text.trim() || attributes.summary, MAX_CHAT_CHARACTERS),
      attributes,
      token: clientUuid('hand-over', agentId, channel, message.messageId),
    });
    const instanceArn = `${deps.handoffFlowArn.slice(0, deps.handoffFlowArn.indexOf(':instance/'))}:instance/${instanceIdOf(deps.handoffFlowArn)}`;
    await deps.chats.stream(instanceArn, started.contactId);
    const connectionToken = await deps.chats.connect(started.participantToken);
    const { identity } = message;
    const own = { userId, agentId, channel, identity, instanceArn, customerId, route, expiresAt: until };
    await deps.contacts.put({ ...own, ...started, takesPartAs: 'customer', connectionToken });
    await listenOnly(deps, { userId, agentId, customerId }, until);
  };

/** Passes on what a customer writes elsewhere while a person speaks with them. Nothing happens when nobody does. */
export const passOn =
  (deps: HumanHandoffDeps & { readonly contacts: ContactStore }) =>
  async ({ message, route }: QueuedMessage): Promise<void> => {
    // In a chat of Amazon Connect the person reads it themselves.
    if (route.kind === 'connect') return;
    const { customerId } = await deps.memory.meet(message, message.identity);
    const contactId = await deps.contacts.findOfCustomer({ ...message, customerId });
    const contact = contactId === undefined ? undefined : await deps.contacts.find(contactId);
    if (contact === undefined) return;
    const text = clippedText(
      message.text.trim() || `[${message.attachments.join(', ') || 'empty'}]`,
      MAX_CHAT_CHARACTERS,
    );
    try {
      await sayInChat({ ...deps, newToken: () => '' })(
        contact,
        text,
        clientUuid('pass-on', contact.contactId, message.messageId),
      );
    } catch (error) {
      if (!(error instanceof ChatOver)) throw error;
      await handBack(deps)(contact);
    }
  };

/** The chat with the person is over: the agent answers again. */
export const handBack =
  (deps: Pick<HumanHandoffDeps, 'contacts' | 'customers' | 'clock'>) =>
  async (contact: ConnectContact): Promise<void> => {
    const { userId, agentId, customerId } = contact;
    if (customerId !== undefined) await listenOnly(deps, { userId, agentId, customerId }, null);
    await deps.contacts.end(contact);
  };

const listenOnly = async (
  { customers, clock }: Pick<HumanHandoffDeps, 'customers' | 'clock'>,
  key: AgentKey & { readonly customerId: CustomerId },
  withPersonUntil: number | null,
): Promise<void> => {
  const now = nowSeconds(clock);
  for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt += 1) {
    const customer = await customers.find(key, now);
    if (customer === undefined) return;
    if ((await customers.write(customer, { withPersonUntil }, {}, now)) === 'written') return;
  }
  throw new Error('The row of the customer changes too often.');
};
