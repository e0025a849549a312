import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import type { Customer } from '../../shared/customers/customer.ts';
import { CUSTOMER_OPERATIONS } from '../../shared/customers/customer-operations.ts';
import { CustomerDetailView, CustomerView } from '../../shared/customers/customer-view-schemas.ts';
import * as customers from '../../shared/customers/manage-customers.ts';
import { httpLambda } from '../../shared/http/http-lambda.ts';
import { servingAgent, TABLES } from '../access/support/tables.ts';
import { jsonEvent } from '../agents/support/events.ts';
import { ANN, BOB, NINE, PHONE, said, startMemory } from './support.ts';

let world: Awaited<ReturnType<typeof startMemory>>;
let maria: Customer;
let handle: ReturnType<ReturnType<typeof httpLambda>>;

beforeAll(async () => {
  world = await startMemory();
  const deps = {
    agents: dynamoAgentStore(TABLES as never, world.client),
    store: world.store,
    cursorKey: { read: async () => 'a key of the cursors' },
    clock: world.clock,
  };
  handle = httpLambda(CUSTOMER_OPERATIONS)({
    listCustomers: customers.listCustomers(deps),
    getCustomer: customers.getCustomer(deps),
    updateCustomer: customers.updateCustomer(deps),
    linkIdentity: customers.linkIdentity(deps),
    eraseCustomer: customers.eraseCustomer(deps),
  });
  await world.putAgent(servingAgent(ANN.agentId));
  maria = await world.memory.meet(ANN, PHONE, 'Maria');
  await world.memory.remember(maria, [said('whatsapp', 'One'), said('sms', 'Two'), said('phone', 'Three')], {
    city: 'Lima',
  });
});
afterAll(() => world.stop());

const call = async (
  routeKey: string,
  params: Record<string, string>,
  more: { readonly body?: unknown; readonly query?: Record<string, string>; readonly user?: string } = {},
) => {
  const event = jsonEvent({ routeKey, params, user: more.user ?? 'ann' }, more.body);
  const { statusCode, body } = await handle({ ...event, queryStringParameters: more.query ?? {} } as never);
  return { status: statusCode, body: JSON.parse(body || '{}') as Record<string, unknown> };
};
const ONE = '/api/v1/customers/{customerId}';

test('a customer is read with the conversation across channels, page by page', async () => {
  const params = { customerId: maria.customerId.toUpperCase() };
  const first = await call(`GET ${ONE}`, params, { query: { limit: '2' } });
  expect(CustomerDetailView.parse(first.body)).toMatchObject({
    customerId: maria.customerId,
    displayName: 'Maria',
    identities: [PHONE],
    facts: { city: 'Lima' },
    entries: 3,
    lastChannel: 'phone',
    conversation: [
      { entry: 2, channel: 'phone', role: 'user', text: 'Three', atMs: NINE },
      { entry: 1, channel: 'sms', role: 'user', text: 'Two', atMs: NINE },
    ],
  });
  const next = await call(`GET ${ONE}`, params, { query: { limit: '2', cursor: String(first.body.nextCursor) } });
  expect(next.body).toMatchObject({ conversation: [{ entry: 0, text: 'One' }], nextCursor: null });
  const foreign = await call(`GET ${ONE}`, params, { user: BOB.userId });
  expect([foreign.status, foreign.body.code]).toEqual([404, 'customer-not-found']);
});

test('an operator’s name and facts are kept, and told to the agent', async () => {
  const params = { customerId: maria.customerId };
  const body = { displayName: 'Maria Lopez', facts: { city: null, order: '4711' } };
  const changed = await call(`PATCH ${ONE}`, params, { body });
  expect([changed.status, CustomerView.parse(changed.body).facts]).toEqual([200, { order: '4711' }]);
  const again = await world.memory.meet(ANN, PHONE, 'Name on the platform');
  expect(again.displayName).toBe('Maria Lopez');
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`fact ${index}`, 'x']));
  const refused = await call(`PATCH ${ONE}`, params, { body: { facts: many } });
  expect([refused.status, refused.body.code]).toEqual([400, 'invalid-request']);
});

test('an identity is linked by saying so; one that is somebody else’s is not taken away', async () => {
  const params = { customerId: maria.customerId };
  const link = (body: unknown) => call(`POST ${ONE}/identities`, params, { body });
  const instagram = { kind: 'instagram', value: '17841400000000000' };
  expect((await link(instagram)).body.identities).toEqual([PHONE, instagram]);
  expect((await link(instagram)).status).toBe(200);
  expect((await world.memory.meet(ANN, { kind: 'instagram', value: instagram.value })).customerId).toBe(
    maria.customerId,
  );
  const other = await world.memory.meet(ANN, { kind: 'external', value: 'other' });
  const conflict = await link({ kind: 'external', value: 'other' });
  const nonsense = await link({ kind: 'phone', value: '0800 CALL ME' });
  expect([conflict, nonsense].map(({ status, body }) => [status, body.code])).toEqual([
    [409, 'identity-taken'],
    [400, 'invalid-request'],
  ]);
  expect(await world.store.find(other, NINE / 1000)).toEqual(other);
  for (let index = 0; index < 18; index += 1) await link({ kind: 'external', value: `one more ${index}` });
  expect((await link({ kind: 'external', value: 'too many' })).body.code).toBe('too-many-identities');
});

test('an agent’s customers are listed newest first; who is erased is gone, a second time is not there', async () => {
  const zoe = await world.memory.meet(ANN, { kind: 'chat', value: 'zoe' });
  const params = { agentId: ANN.agentId };
  const route = 'GET /api/v1/agents/{agentId}/customers';
  const ids: string[] = [];
  let cursor: unknown;
  do {
    const query = { limit: '2', ...(typeof cursor === 'string' ? { cursor } : {}) };
    const page = await call(route, params, { query });
    ids.push(...(page.body.customers as readonly { customerId: string }[]).map(({ customerId }) => customerId));
    cursor = page.body.nextCursor;
  } while (typeof cursor === 'string');
  expect(ids).toEqual(ids.toSorted((one, other) => (one < other ? 1 : -1)));
  expect([ids.includes(maria.customerId), ids[0]]).toEqual([true, zoe.customerId]);
  expect((await call(route, params, { user: BOB.userId })).status).toBe(404);
  const erase = (user: string) => call(`DELETE ${ONE}`, { customerId: maria.customerId }, { user });
  const outcomes = [await erase(BOB.userId), await erase('ann'), await erase('ann')];
  expect(outcomes.map(({ status }) => status)).toEqual([404, 204, 404]);
  expect(await world.rowsWith(maria.customerId)).toEqual([]);
});
