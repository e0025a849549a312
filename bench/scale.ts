/** What listing and reading cost as a tenant's agents grow from 10 to 100,000: read units, and time against the smallest. */
import { type ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { decodeJwt } from 'jose';
import type { AgentStore } from '../shared/agents/agent-store.ts';
import { dynamoAgentStore } from '../shared/agents/agents-dynamodb.ts';
import { AgentId, UserId } from '../shared/kernel/ids.ts';
import { type Answer, Api } from '../test/e2e/support/api.ts';
import { type Harness, startHarness } from '../test/e2e/support/harness.ts';
import { UNTHROTTLED } from './stage.ts';
import { median, table } from './table.ts';

const SIZES = [10, 1_000, 100_000] as const;
/** Of a listing; no more than the smallest tenant has, so that every page is of one size. */
const PAGE = 10;
const CALLS = 40;
const BATCH = 25;
const BATCHES_AT_ONCE = 8;
const AGENTS_TABLE = 'oratio-dev-agents';
/** Time may vary by this much between runs of the very same call on a shared machine. */
const BAR_TIME = 1.5;

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

async function seed(documents: DynamoDBDocumentClient, userId: string, from: number, to: number): Promise<void> {
  const starts = Array.from({ length: Math.ceil((to - from) / BATCH) }, (_, n) => from + n * BATCH);
  const worker = async (): Promise<void> => {
    for (let start = starts.pop(); start !== undefined; start = starts.pop()) {
      const first = start;
      const rows = Array.from({ length: Math.min(BATCH, to - first) }, (_, offset) => rowOf(userId, first + offset));
      const puts = rows.map((Item) => ({ PutRequest: { Item } }));
      await documents.send(new BatchWriteCommand({ RequestItems: { [AGENTS_TABLE]: puts } }));
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
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

export interface ScaleRow {
  readonly agents: number;
  /** Of one call of the public API: the middle of many. */
  readonly ms: Readonly<Record<'first' | 'active' | 'get', number>>;
  /** DynamoDB read units of one call of the store, as DynamoDB reports them. */
  readonly units: Readonly<Record<'first' | 'last' | 'active' | 'get', number>>;
}

const middleOf = (agents: number): AgentId => AgentId.parse(agentIdOf(Math.floor(agents / 2)));

/** The product's own store, over a client that asks for the consumed capacity of every command. */
function meteredStore(aws: Harness['aws']) {
  const client = new DynamoDBClient(aws);
  let units = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      const answer = await next(args);
      units += (answer.output as { ConsumedCapacity?: ConsumedCapacity }).ConsumedCapacity?.CapacityUnits ?? 0;
      return answer;
    },
    { step: 'initialize', priority: 'low' },
  );
  const store = dynamoAgentStore({ AGENTS_TABLE }, DynamoDBDocumentClient.from(client));
  const unitsOf = async (read: (store: AgentStore) => Promise<unknown>): Promise<number> => {
    units = 0;
    await read(store);
    return units;
  };
  return { unitsOf, close: () => client.destroy() };
}

async function unitsAt(aws: Harness['aws'], userId: UserId, agents: number): Promise<ScaleRow['units']> {
  const metered = meteredStore(aws);
  try {
    // Newest first: the last page is that of the agents made first.
    const after = AgentId.parse(agentIdOf(PAGE));
    const agentId = middleOf(agents);
    return {
      first: await metered.unitsOf((store) => store.list({ userId, limit: PAGE })),
      last: await metered.unitsOf((store) => store.list({ userId, limit: PAGE, after })),
      active: await metered.unitsOf((store) => store.list({ userId, limit: PAGE, status: 'active' })),
      get: await metered.unitsOf((store) => store.find({ userId, agentId })),
    };
  } finally {
    metered.close();
  }
}

async function msAt(api: Api, agents: number): Promise<ScaleRow['ms']> {
  const get = (path: string) => (): Promise<Answer> => api.request('GET', `/api/v1/agents${path}`);
  const calls = {
    first: get(`?limit=${PAGE}`),
    active: get(`?limit=${PAGE}&status=active`),
    get: get(`/${middleOf(agents)}`),
  };
  // The functions start, and their paths are compiled, before anything counts.
  for (const call of Object.values(calls)) await timeOf(call);
  return { first: await timeOf(calls.first), active: await timeOf(calls.active), get: await timeOf(calls.get) };
}

export async function measureScale(): Promise<ScaleRow[]> {
  const harness = await startHarness({ context: UNTHROTTLED });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(harness.aws));
  try {
    const token = await harness.tokenOf('hoarder');
    const api = new Api(harness.cloud.apiUrl, token);
    const userId = UserId.parse(decodeJwt(token).sub);
    const rows: ScaleRow[] = [];
    let seeded = 0;
    for (const agents of SIZES) {
      await seed(documents, userId, seeded, agents);
      seeded = agents;
      rows.push({ agents, units: await unitsAt(harness.aws, userId, agents), ms: await msAt(api, agents) });
    }
    return rows;
  } finally {
    documents.destroy();
    await harness.stop();
  }
}

export function scaleTable(rows: readonly ScaleRow[]): string {
  const [smallest] = rows;
  if (smallest === undefined) throw new Error('nothing was measured');
  const cell = (row: ScaleRow, name: 'first' | 'active' | 'get'): string =>
    `${row.units[name]} · ${(row.ms[name] / smallest.ms[name]).toFixed(2)}×`;
  const isMet = (row: ScaleRow): boolean =>
    Object.entries(row.units).every(([name, units]) => units <= smallest.units[name as keyof ScaleRow['units']]) &&
    Object.entries(row.ms).every(([name, ms]) => ms <= BAR_TIME * smallest.ms[name as keyof ScaleRow['ms']]);
  return table(
    [
      'agents of the tenant',
      `list ${PAGE}`,
      `list ${PAGE} active`,
      'get one',
      'last page of the list',
      'bar: no growth',
    ],
    rows.map((row) => [
      row.agents.toLocaleString('en'),
      cell(row, 'first'),
      cell(row, 'active'),
      cell(row, 'get'),
      String(row.units.last),
      isMet(row) ? 'met' : 'missed',
    ]),
  );
}
