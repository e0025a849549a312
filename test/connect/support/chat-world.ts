import type { ChatItem } from '../../../shared/connect/chat-message.ts';
import { ChatOver, type ConnectChats } from '../../../shared/connect/connect-chats.ts';
import type { ConnectContact, ContactStore } from '../../../shared/connect/contact-store.ts';
import type { HumanHandoffDeps } from '../../../shared/connect/human-handoff.ts';
import type { Customer } from '../../../shared/customers/customer.ts';
import type { QueuedMessage } from '../../../shared/social/queued-message.ts';

export const INSTANCE = 'arn:aws:connect:us-east-1:111122223333:instance/0f0e0d0c-1111-4222-8333-444455556666';
const FLOW = `${INSTANCE}/contact-flow/handoff`;
export const OWNER = { userId: 'tenant-1', agentId: '0192f0c0-0000-7000-8000-000000000001' } as Pick<
  Customer,
  'userId' | 'agentId'
>;
export const CUSTOMER_ID = '0192f0c0-0000-7000-8000-0000000000c1' as Customer['customerId'];
export const clock = { now: () => 1_000_000_000 };

/** Chats, rows and a customer in memory, with everything that was said and done in order. */
export const chatWorld = () => {
  const did: string[] = [];
  const rows = new Map<string, ConnectContact>();
  const claimed = new Set<string>();
  const dead = new Set<string>();
  const ended = new Set<string>();
  const queued: QueuedMessage[] = [];
  const transcript: ChatItem[] = [];
  let customer = {
    ...OWNER,
    customerId: CUSTOMER_ID,
    displayName: 'Ada',
    facts: {},
    nextEntry: 1,
    revision: 1,
  } as unknown as Customer;
  const chats: ConnectChats = {
    stream: async (_instance, contactId) => void did.push(`stream ${contactId}`),
    addBot: async (_instance, contactId, name) => {
      did.push(`bot ${name}`);
      return `participant ${contactId}`;
    },
    connect: async (participant) => {
      if (dead.has(participant)) throw new ChatOver();
      did.push(`connect ${participant}`);
      return `connection ${participant} ${did.length}`;
    },
    send: async (connection, text) => {
      if (dead.has(connection)) throw new ChatOver();
      did.push(`say ${text}`);
    },
    transcript: async (connection) => {
      if (dead.has(connection)) throw new ChatOver();
      return transcript;
    },
    leave: async () => void did.push('leave'),
    setAttributes: async (_instance, contactId, { summary }) => void did.push(`attributes ${contactId} ${summary}`),
    start: async ({ displayName, text, attributes }) => {
      did.push(`start ${displayName}: ${text} (${attributes.channel})`);
      return { contactId: 'contact-9', participantToken: 'participant contact-9' };
    },
  };
  const contacts: ContactStore = {
    find: async (id) => rows.get(id),
    put: async (contact) => void rows.set(contact.contactId, contact),
    findOfCustomer: async ({ customerId }) =>
      [...rows.values()].find((row) => row.customerId === customerId)?.contactId,
    add: async (contact) => {
      if (!rows.has(contact.contactId) && !ended.has(contact.contactId)) rows.set(contact.contactId, contact);
    },
    hasEnded: async (id) => ended.has(id),
    end: async ({ contactId }) => void (rows.delete(contactId) && ended.add(contactId)),
    claimMessage: async (id) => !claimed.has(id) && claimed.add(id) !== undefined,
    forgetMessage: async (id) => void claimed.delete(id),
  };
  const deps: HumanHandoffDeps = {
    chats,
    contacts,
    customers: {
      find: async () => customer,
      write: async (_customer, change) => {
        customer = { ...customer, ...change } as Customer;
        return 'written';
      },
    },
    memory: { meet: async () => customer, contextOf: async () => ({ facts: {}, recent: [] }) },
    handoffFlowArn: FLOW,
    apiUrl: 'https://api.example.com',
    clock,
  };
  const queue = { enqueue: async (more: readonly QueuedMessage[]) => void queued.push(...more) };
  return { did, rows, dead, queued, transcript, queue, deps, withPersonUntil: () => customer.withPersonUntil };
};
