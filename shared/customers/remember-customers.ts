import type { AgentKey } from '../agents/agent-store.ts';
import type { Clock } from '../kernel/clock.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { problem } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import { E164 } from '../telephony/phone-number.ts';
import type { ConversationEntry, Customer, CustomerKey, Identity } from './customer.ts';
import { CustomerId } from './customer.ts';
import { clipped, customerContext, entriesForContext } from './customer-context.ts';
import type { CustomerMemory } from './customer-memory.ts';
import type { CustomerChange, CustomerStore } from './customer-store.ts';
import { mergedFacts } from './facts.ts';

export interface CustomerMemoryDeps {
  readonly store: CustomerStore;
  readonly ttlDays: number;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'inOrder'>;
  /** Waits a random part of this time. */
  readonly pause: (atMostMs: number) => Promise<unknown>;
}

const SECONDS_PER_DAY = 86_400;
/** Each refusal means that somebody else's write went through: as many as may speak with one customer at once. */
const ATTEMPTS = 40;
/** How much later an end must be to be moved, once a day of thirty: each move is a write for every identity. */
const SHARE_OF_TTL = 1 / 30;
const MAX_PAUSE_MS = 100;
/** An entry takes two of the hundred writes that DynamoDB allows in a transaction. */
const ENTRIES_AT_ONCE = 30;
/** Far longer than any channel's message; a row of DynamoDB has 400 KB. */
const MAX_TEXT_CHARACTERS = 20_000;
const MAX_NAME_CHARACTERS = 120;
const MAX_IDENTITY_CHARACTERS = 256;

/** The memory of agents, over a store whose writes are refused when the row has changed. */
export const customerMemory = (deps: CustomerMemoryDeps): CustomerMemory => ({
  meet: meet(deps),
  contextOf: async (customer, { without } = {}) => {
    const range = { limit: entriesForContext(customer) };
    const entries = await deps.store.entries(customer, range, nowSeconds(deps.clock));
    const told = entries.filter(({ sourceId }) => without === undefined || !sourceId.startsWith(without));
    return customerContext(customer, told);
  },
  remember: async (key, entries, facts = {}) => {
    const chunks = chunked(entries.map((entry) => bounded(entry, deps.clock.now())));
    if (chunks.length === 0 && Object.keys(facts).length > 0) chunks.push([]);
    for (const [index, chunk] of chunks.entries()) await rememberChunk(deps, key, chunk, index === 0 ? facts : {});
  },
});

/** Throws `invalid-request` for a number that is not E.164: one that is only nearly the same is somebody else's. */
const meet =
  (deps: CustomerMemoryDeps): CustomerMemory['meet'] =>
  async (agent, identity, displayName) => {
    demandIdentity(identity);
    const { store, clock, ids, ttlDays, pause } = deps;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const now = nowSeconds(clock);
      const known = await store.findByIdentity(agent, identity, now);
      if (known !== undefined) return named(deps, known, displayName);
      const customer = newCustomer(agent, identity, {
        customerId: CustomerId.parse(ids.inOrder()),
        now,
        expiresAt: now + ttlDays * SECONDS_PER_DAY,
        displayName,
      });
      if (await store.create(customer, now)) return customer;
      await pause(Math.min(MAX_PAUSE_MS, 5 * attempt));
    }
    throw problem('service-unavailable', 'The customer could not be looked up.', { retryAfterSeconds: 1 });
  };

/** Throws `invalid-request`. */
export const demandIdentity = ({ kind, value }: Identity): void => {
  const fits = kind === 'phone' ? E164.safeParse(value).success : value.length > 0;
  if (fits && value.length <= MAX_IDENTITY_CHARACTERS && value.isWellFormed()) return;
  throw problem('invalid-request', `This is no identity of the kind "${kind}".`);
};

const newCustomer = (
  { userId, agentId }: AgentKey,
  identity: Identity,
  {
    now,
    displayName,
    ...more
  }: Pick<Customer, 'customerId' | 'expiresAt'> & { readonly now: number; readonly displayName: string | undefined },
): Customer => ({
  userId,
  agentId,
  ...more,
  identities: [{ kind: identity.kind, value: identity.value }],
  ...(nameOf(displayName) === undefined ? {} : { displayName: nameOf(displayName) ?? '' }),
  facts: {},
  nextEntry: 0,
  lastSeenAt: now,
  revision: 1,
  createdAt: now,
});

const nameOf = (name: string | undefined): string | undefined => {
  const line = (name ?? '').toWellFormed().replaceAll(/\s+/g, ' ').trim();
  return line === '' ? undefined : clipped(line, MAX_NAME_CHARACTERS);
};

/** A platform tells a name with each message; the first one is kept, and what an operator wrote is never changed. */
const named = async ({ store, clock }: CustomerMemoryDeps, customer: Customer, name: string | undefined) => {
  const displayName = nameOf(name);
  if (customer.displayName !== undefined || displayName === undefined) return customer;
  const now = nowSeconds(clock);
  const written = await store.write(customer, { displayName }, {}, now);
  // Somebody else writes this customer just now: the next message brings the name again.
  return written === 'written' ? { ...customer, displayName, revision: customer.revision + 1 } : customer;
};

type NewEntry = Omit<ConversationEntry, 'entry'>;

const bounded = (entry: NewEntry, nowMs: number): NewEntry => ({
  channel: entry.channel,
  role: entry.role,
  text: clipped(entry.text.toWellFormed(), MAX_TEXT_CHARACTERS),
  // A platform's clock is not ours: nothing was said in the future.
  atMs: Number.isFinite(entry.atMs) ? Math.min(Math.max(entry.atMs, 0), nowMs) : nowMs,
  sourceId: entry.sourceId,
});

const chunked = (entries: readonly NewEntry[]): NewEntry[][] => {
  const bySource = [...new Map(entries.map((entry) => [entry.sourceId, entry])).values()];
  return Array.from({ length: Math.ceil(bySource.length / ENTRIES_AT_ONCE) }, (_, index) =>
    bySource.slice(index * ENTRIES_AT_ONCE, (index + 1) * ENTRIES_AT_ONCE),
  );
};

/** Numbers are taken and entries written in one conditional write, over and over until nobody came between. */
const rememberChunk = async (
  { store, clock, ttlDays, pause }: CustomerMemoryDeps,
  key: CustomerKey,
  chunk: readonly NewEntry[],
  facts: Readonly<Record<string, string>>,
): Promise<void> => {
  let fresh = chunk;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const now = nowSeconds(clock);
    const customer = await store.find(key, now);
    // Erased, or forgotten after its time: nothing of what was said may bring it back.
    if (customer === undefined) return;
    const expiresAt = now + ttlDays * SECONDS_PER_DAY;
    const entries = fresh.map((entry, index) => ({ ...entry, entry: customer.nextEntry + index }));
    const change = changeOf(customer, { entries, facts, now, expiresAt });
    const written = await store.write(customer, change, { entries, entriesExpireAt: expiresAt }, now);
    if (written === 'written') return;
    if (written === 'repeated') {
      const known = await store.known(
        key,
        fresh.map(({ sourceId }) => sourceId),
      );
      fresh = fresh.filter(({ sourceId }) => !known.has(sourceId));
      if (fresh.length === 0) return;
    }
    await pause(Math.min(MAX_PAUSE_MS, 5 * attempt));
  }
  throw problem('service-unavailable', 'What was said could not be remembered.', { retryAfterSeconds: 1 });
};

const changeOf = (
  customer: Customer,
  {
    entries,
    facts,
    now,
    expiresAt,
  }: {
    readonly entries: readonly ConversationEntry[];
    readonly facts: Readonly<Record<string, string>>;
    readonly now: number;
    readonly expiresAt: number;
  },
): CustomerChange => {
  const last = entries.at(-1)?.channel;
  return {
    lastSeenAt: now,
    ...(last === undefined ? {} : { lastChannel: last }),
    ...(Object.keys(facts).length === 0 ? {} : { facts: mergedFacts(customer.facts, facts) }),
    ...(expiresAt - customer.expiresAt >= (expiresAt - now) * SHARE_OF_TTL ? { expiresAt } : {}),
  };
};
