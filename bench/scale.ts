/** What listing and reading cost as a tenant's agents grow from 10 to 100,000: read capacity units, and time against the smallest. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { decodeJwt } from 'jose';
import { Api } from '../test/e2e/support/api.ts';
import { type Harness, startHarness } from '../test/e2e/support/harness.ts';
import { median, table } from './table.ts';

const SIZES = [10, 1_000, 100_000] as const;
const CALLS = 40;
const BATCH = 25;

/** A UUID of version 7 with a number in it, so that rows are in order and can be named again. */
const agentIdOf = (index: number): string => `01900000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;

const rowOf = (userId: string, index: number) => ({
  userId,
  agentId: agentIdOf(index),
  listKey: agentIdOf(index),
  statusKey: `active#${agentIdOf(index)}`,
  agentName: `Agent ${index}`,
  agentType: 'text',
  status: 'active',
  sop: 'Answer politely. '.repeat(20),
  knowledgeBaseId: agentIdOf(index),
  knowledgeBaseDescription: '',
  humanHandoffDescription: '',
  version: 1,
  activeVersion: 1,
  provisioning: { run: 1, version: 1, status: 'succeeded', steps: {} },
  revision: 1,
  createdAt: 1_790_000_000,
  updatedAt: 1_790_000_000,
});

async function seed(
  documents: DynamoDBDocumentClient,
  tableName: string,
  userId: string,
  from: number,
  to: number,
): Promise<void> {
  for (let start = from; start < to; start += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, to - start) }, (_, offset) => rowOf(userId, start + offset));
    await documents.send(
      new BatchWriteCommand({ RequestItems: { [tableName]: rows.map((Item) => ({ PutRequest: { Item } })) } }),
    );
  }
}

async function timeOf(call: () => Promise<{ status: number }>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < CALLS; n += 1) {
    const started = performance.now();
    const { status } = await call();
    if (status !== 200) throw new Error(`a measured call answered ${status}`);
    times.push(performance.now() - started);
  }
  return median(times);
}

interface Measured {
  readonly agents: number;
  readonly listMs: number;
  readonly filteredMs: number;
  readonly getMs: number;
  readonly callsToAws: number;
}

async function measure(harness: Harness, api: Api, agents: number): Promise<Measured> {
  const middle = agentIdOf(Math.floor(agents / 2));
  const list = () => api.request('GET', '/api/v1/agents?limit=20');
  const filtered = () => api.request('GET', '/api/v1/agents?limit=20&status=active');
  const get = () => api.request('GET', `/api/v1/agents/${middle}`);
  await Promise.all([list(), filtered(), get()]);
  harness.cloud.trace.clear();
  const [listMs, filteredMs, getMs] = [await timeOf(list), await timeOf(filtered), await timeOf(get)];
  const toTables = harness.cloud.trace.entries().filter(({ service }) => service === 'dynamodb').length;
  return { agents, listMs, filteredMs, getMs, callsToAws: toTables / (3 * CALLS) };
}

export async function scaleTable(): Promise<string> {
  const harness = await startHarness();
  try {
    const token = await harness.tokenOf('hoarder');
    const api = new Api(harness.cloud.apiUrl, token);
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient(harness.aws));
    const userId = String(decodeJwt(token).sub);
    const measured: Measured[] = [];
    let seeded = 0;
    for (const size of SIZES) {
      await seed(documents, 'oratio-dev-agents', userId, seeded, size);
      seeded = size;
      measured.push(await measure(harness, api, size));
    }
    documents.destroy();
    const [first] = measured;
    if (first === undefined) throw new Error('nothing was measured');
    const ratio = (now: number, then: number): string => `${(now / then).toFixed(2)}×`;
    return table(
      ['agents of the tenant', 'list 20', 'list 20 active', 'get one', 'DynamoDB calls a request'],
      measured.map((m) => [
        m.agents.toLocaleString('en'),
        ratio(m.listMs, first.listMs),
        ratio(m.filteredMs, first.filteredMs),
        ratio(m.getMs, first.getMs),
        m.callsToAws.toFixed(2),
      ]),
    );
  } finally {
    await harness.stop();
  }
}
