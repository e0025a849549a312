import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { movableClock } from './support/clocks.ts';
import { type Harness, startHarness } from './support/harness.ts';

interface Person {
  readonly customerId: string;
  readonly identities: readonly unknown[];
  readonly lastChannel: string;
  readonly conversation?: readonly { readonly channel: string; readonly role: string; readonly text: string }[];
}

const ASKED = ['What does a puncture cost?', 'And how long does it take?'];

let harness: Harness;
let owner: Api;
let rows: DynamoDBDocumentClient;

beforeAll(async () => {
  harness = await startHarness({ clock: movableClock() });
  owner = new Api(harness.cloud.apiUrl, await harness.tokenOf('owner'));
  rows = DynamoDBDocumentClient.from(new DynamoDBClient(harness.aws));
});
afterAll(async () => {
  rows?.destroy();
  await harness?.stop();
});

/** Rows of customers and conversations that name this. */
const rowsWith = async (text: string): Promise<number> => {
  const tables = ['oratio-dev-customers', 'oratio-dev-conversations'];
  const pages = await Promise.all(tables.map((TableName) => rows.send(new ScanCommand({ TableName }))));
  return pages.flatMap(({ Items = [] }) => Items).filter((row) => JSON.stringify(row).includes(text)).length;
};

it('who asks by name is one customer over all sessions, until they are erased or their agent goes', async () => {
  const { body: made } = await owner.request<{ agentId: string }>('POST', '/api/v1/agents', formOf(BIKE_SHOP));
  const { agentId } = made;
  const agent = await owner.agentWhen(agentId, ({ status }) => status === 'active' || status === 'failed');
  expect(agent.status).toBe('active');
  for (const [index, text] of ASKED.entries()) {
    const question = { text, sessionId: `session-of-${index}`, customerRef: 'maria@example.com' };
    expect((await owner.request('POST', `/api/v1/agents/${agentId}/messages`, question)).status).toBe(200);
  }
  await owner.request('POST', `/api/v1/agents/${agentId}/messages`, { text: 'Hello?', customerRef: 'zoe' });
  const listed = await owner.request<{ customers: Person[] }>('GET', `/api/v1/agents/${agentId}/customers`);
  expect(listed.body.customers).toHaveLength(2);
  const maria = listed.body.customers.find(({ identities }) => JSON.stringify(identities).includes('maria'));
  const path = `/api/v1/customers/${maria?.customerId}`;
  const linked = { kind: 'phone', value: '+15551234567' };
  expect((await owner.request('POST', `${path}/identities`, linked)).status).toBe(200);
  await owner.request('PATCH', path, { displayName: 'Maria', facts: { bike: 'blue' } });
  const { body: known } = await owner.request<Person>('GET', path);
  expect(known).toMatchObject({
    displayName: 'Maria',
    identities: [{ kind: 'external', value: 'maria@example.com' }, linked],
    facts: { bike: 'blue' },
    lastChannel: 'api',
  });
  expect(known.conversation?.filter(({ role }) => role === 'user').map(({ text }) => text)).toEqual(ASKED.toReversed());
  expect((await owner.request('DELETE', path)).status).toBe(204);
  expect([(await owner.request('GET', path)).status, await rowsWith(String(maria?.customerId))]).toEqual([404, 0]);
  await owner.request('DELETE', `/api/v1/agents/${agentId}`);
  while ((await owner.request('GET', `/api/v1/agents/${agentId}`)).status !== 404) await setTimeout(100);
  expect(await rowsWith(agentId)).toBe(0);
});
