import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer, ApiRequest } from '../http/request.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { problem, raise, refused } from '../kernel/problems.ts';
import { changeCustomer } from './change-customer.ts';
import { type Customer, CustomerId } from './customer.ts';
import type { CustomerStore } from './customer-store.ts';
import { customerDetailView, customerView } from './customer-views.ts';
import { MAX_FACTS } from './facts.ts';
import { demandIdentity } from './remember-customers.ts';

export const ManageCustomersEnv = z.object({
  AGENTS_TABLE: text,
  CUSTOMERS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CURSOR_SECRET_ARN: text,
});

export interface ManageCustomersDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly store: CustomerStore;
  readonly cursorKey: CursorKey;
  readonly clock: Clock;
}

/** Each is extended with its customer, in one transaction. */
const MAX_IDENTITIES = 20;

/** A page of an agent's customers, newest first. */
export const listCustomers =
  (deps: ManageCustomersDeps) =>
  async (request: RequestOf<'listCustomers'>): Promise<ApiAnswer> => {
    const { limit, cursor } = request.query;
    const agent = await requestedAgent(deps, request);
    const scope = { userId: agent.userId, operation: 'listCustomers', filter: agent.agentId };
    const after = await opened(deps, scope, cursor);
    const page = { limit, ...(after === undefined ? {} : { after: CustomerId.parse(after) }) };
    const { customers, last } = await deps.store.list(agent, page, nowSeconds(deps.clock));
    const nextCursor = last === undefined ? null : sealCursor(await deps.cursorKey.read(), scope, last);
    return { status: 200, body: { customers: customers.map(customerView), nextCursor } };
  };

/** A customer and a page of what was said on all channels. */
export const getCustomer =
  (deps: ManageCustomersDeps) =>
  async (request: RequestOf<'getCustomer'>): Promise<ApiAnswer> => {
    const { limit, cursor } = request.query;
    const customer = await requestedCustomer(deps, request);
    const scope = { userId: customer.userId, operation: 'getCustomer', filter: customer.customerId };
    const before = await opened(deps, scope, cursor);
    const range = { limit, ...(before === undefined ? {} : { before: Number(before) }) };
    const entries = await deps.store.entries(customer, range, nowSeconds(deps.clock));
    const oldest = entries.at(-1)?.entry ?? 0;
    const isWhole = entries.length < limit || oldest === 0;
    const nextCursor = isWhole ? null : sealCursor(await deps.cursorKey.read(), scope, String(oldest));
    return { status: 200, body: customerDetailView(customer, entries, nextCursor) };
  };

/** What an operator knows better. */
export const updateCustomer =
  (deps: ManageCustomersDeps) =>
  async (request: RequestOf<'updateCustomer'>): Promise<ApiAnswer> => {
    const { displayName, facts = {} } = request.body;
    const asked = await requestedCustomer(deps, request);
    const customer = await changeCustomer(deps, asked, (current) => ({
      change: {
        ...(displayName === undefined ? {} : { displayName }),
        facts: factsAfter(current, facts),
      },
    }));
    if (customer === undefined || customer === 'taken') throw customerNotFound(asked.customerId);
    return { status: 200, body: customerView(customer) };
  };

/** Throws `invalid-request` where there would be too many. */
const factsAfter = (
  { facts }: Customer,
  changes: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> => {
  const after = Object.entries({ ...facts, ...changes }).filter((fact): fact is [string, string] => fact[1] !== null);
  if (after.length <= MAX_FACTS) return Object.fromEntries(after);
  throw refused([
    { pointer: '/facts', message: `A customer has at most ${MAX_FACTS} facts.`, code: 'invalid-request' },
  ]);
};

/** Says that an identity is this customer's. Nobody else's is taken away: two customers are never merged silently. */
export const linkIdentity =
  (deps: ManageCustomersDeps) =>
  async (request: RequestOf<'linkIdentity'>): Promise<ApiAnswer> => {
    const identity = request.body;
    demandIdentity(identity);
    const asked = await requestedCustomer(deps, request);
    const customer = await changeCustomer(deps, asked, ({ identities }) => {
      if (identities.some(({ kind, value }) => kind === identity.kind && value === identity.value)) return undefined;
      if (identities.length >= MAX_IDENTITIES) {
        throw problem('too-many-identities', `A customer has at most ${MAX_IDENTITIES} identities.`);
      }
      return { change: {}, identity };
    });
    if (customer === 'taken') {
      throw problem('identity-taken', 'This identity stands for another customer of the agent. Erase that one first.');
    }
    return { status: 200, body: customerView(customer ?? raise(customerNotFound(asked.customerId))) };
  };

/** Forgets a customer: profile, identities, all that was said, and replies that are stored. */
export const eraseCustomer =
  (deps: ManageCustomersDeps) =>
  async (request: RequestOf<'eraseCustomer'>): Promise<ApiAnswer> => {
    const customerId = requestedId(request);
    // Also one past its time, and one whose erasure broke off.
    const key = await deps.store.locateKey({ userId: request.userId, customerId });
    await deps.store.erase(key ?? raise(customerNotFound(customerId)));
    return { status: 204 };
  };

type Asked = Pick<ApiRequest, 'userId' | 'params'>;

const requestedId = ({ params }: Pick<Asked, 'params'>): CustomerId => {
  const asked = params.customerId ?? '';
  const customerId = CustomerId.safeParse(asked.toLowerCase());
  if (!customerId.success) throw customerNotFound(asked);
  return customerId.data;
};

const requestedCustomer = async ({ store, clock }: ManageCustomersDeps, request: Asked): Promise<Customer> => {
  const customerId = requestedId(request);
  const customer = await store.locate({ userId: request.userId, customerId }, nowSeconds(clock));
  return customer ?? raise(customerNotFound(customerId));
};

const customerNotFound = (customerId: string) =>
  problem('customer-not-found', `You have no customer with the id ${customerId}.`);

const opened = async (
  { cursorKey }: ManageCustomersDeps,
  scope: CursorScope,
  cursor: string | undefined,
): Promise<string | undefined> =>
  cursor === undefined ? undefined : openCursor(await cursorKey.read(), scope, cursor);
