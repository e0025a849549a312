/** Many customers at once, from the webhook through the queue to the inbox: how fast, and whether in order. */
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Received } from '../../local/social/network.ts';
import type { Tenant } from './tenant.ts';

export interface Load {
  readonly name: string;
  readonly customers: number;
  /** Of each customer. */
  readonly messages: number;
  /** Whether the agent finds the words; otherwise it is paused, and its notice is sent. */
  readonly isAnswering: boolean;
}

export interface LoadRow extends Load {
  /** From the first message to the last reply in an inbox. */
  readonly seconds: number;
  readonly perSecondAndCore: number;
  readonly acknowledged: number;
  readonly replies: number;
  /** Replies beyond one a message. */
  readonly doubles: number;
  /** Conversations that lie in memory as they were written, every message followed by the reply that was sent; undefined where the agent was paused. */
  readonly inOrder: number | undefined;
}

const REPAIRS = ['a puncture', 'a new chain', 'the brake service'];
const questionOf = (index: number): string =>
  `Question ${index + 1}: what does ${REPAIRS[index % REPAIRS.length]} cost?`;
const PATIENCE_MS = 180_000;
/** Long enough for a second copy of a reply to show. */
const AFTERMATH_MS = 3_000;

/** Each customer writes without waiting for replies; `group` keeps the people of several loads apart. */
export async function measureLoad(tenant: Tenant, load: Load, group: number): Promise<LoadRow> {
  const { api, agentId, accounts } = tenant;
  if (!load.isAnswering) await api.request('POST', `/api/v1/agents/${agentId}/pause`);
  const people = Array.from({ length: load.customers }, (_, index) =>
    accounts.whatsapp.customer(`1631555${group}${String(index).padStart(3, '0')}`, `Customer ${index}`),
  );
  const started = performance.now();
  const statuses = await Promise.all(
    people.map(async (person) => {
      const answers: (number | undefined)[] = [];
      for (let index = 0; index < load.messages; index += 1) answers.push((await person.say(questionOf(index))).status);
      return answers;
    }),
  );
  await Promise.all(people.map((person) => person.inbox(load.messages, PATIENCE_MS).catch(() => [])));
  const seconds = (performance.now() - started) / 1000;
  await pause(AFTERMATH_MS);
  const replies = people.reduce((sum, person) => sum + person.received().length, 0);
  const doubles = people.reduce((sum, person) => sum + Math.max(0, person.received().length - load.messages), 0);
  const inboxes = new Map(people.map((person) => [`+${person.id}`, person.received()]));
  const inOrder = load.isAnswering ? await countInOrder(tenant, inboxes, load.messages) : undefined;
  if (!load.isAnswering) await api.request('POST', `/api/v1/agents/${agentId}/resume`);
  const perSecondAndCore = replies / seconds / availableParallelism();
  const acknowledged = statuses.flat().filter((status) => status === 200).length;
  return { ...load, seconds, perSecondAndCore, acknowledged, replies, doubles, inOrder };
}

interface Listed {
  readonly customers: readonly { readonly customerId: string; readonly identities: readonly { value: string }[] }[];
  readonly nextCursor?: string | null;
}
interface Conversation {
  /** The newest first. */
  readonly conversation: readonly { readonly role: string; readonly text: string }[];
}

async function countInOrder(
  { api, agentId }: Tenant,
  inboxes: ReadonlyMap<string, readonly Received[]>,
  messages: number,
): Promise<number> {
  let [inOrder, cursor] = [0, ''];
  do {
    const path = `/api/v1/agents/${agentId}/customers?limit=100${cursor}`;
    const { body } = await api.request<Listed>('GET', path);
    for (const { customerId, identities } of body.customers) {
      const inbox = identities.map(({ value }) => inboxes.get(value)).find((found) => found !== undefined);
      if (inbox === undefined) continue;
      const known = await api.request<Conversation>('GET', `/api/v1/customers/${customerId}?limit=200`);
      if (isInOrder(known.body.conversation.toReversed(), inbox, messages)) inOrder += 1;
    }
    cursor = body.nextCursor ? `&cursor=${encodeURIComponent(body.nextCursor)}` : '';
  } while (cursor !== '');
  return inOrder;
}

/** Whether question and reply take turns, questions as they were asked and replies as they arrived. */
export function isInOrder(
  entries: Conversation['conversation'],
  inbox: readonly Pick<Received, 'text'>[],
  messages: number,
): boolean {
  const expected = Array.from({ length: messages }, (_, index) => [questionOf(index), inbox[index]?.text]).flat();
  return entries.length === expected.length && entries.every(({ text }, index) => text === expected[index]);
}
