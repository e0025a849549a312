/** What the workflow adds to the services' own latencies, and what an agent costs to create. */
import { type CreateRun, measureCreate, type Scenario } from './create-run.ts';
import { table } from './table.ts';

/** DESIGN §7: at most a tenth over the critical path. */
const BAR = 0.1;

/**
 * AWS publishes no such numbers: these are our assumptions, on the short side, where overhead weighs more; none is a
 * multiple of an interval, so that no look comes just in time.
 */
const LIKE_AWS = { knowledgeBaseMs: 17_300, ingestionMs: 43_700, runtimeMs: 31_100, endpointMs: 10_900 };
const EMBEDDED = { knowledgeBaseMs: 300, ingestionMs: 300, runtimeMs: 300, endpointMs: 100 };

const SCENARIOS: readonly Scenario[] = [
  { name: "latencies like AWS's, `pollSeconds` 5", pollSeconds: 5, latencies: LIKE_AWS },
  { name: "latencies like AWS's, `pollSeconds` 2 (default)", pollSeconds: 2, latencies: LIKE_AWS },
  { name: "latencies like AWS's, `pollSeconds` 1", pollSeconds: 1, latencies: LIKE_AWS },
  { name: "the embedded cloud's own latencies, `pollSeconds` 1", pollSeconds: 1, latencies: EMBEDDED },
];

export async function measureCreations(): Promise<CreateRun[]> {
  const runs: CreateRun[] = [];
  for (const scenario of SCENARIOS) runs.push(await measureCreate(scenario));
  return runs;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const overheadTable = (runs: readonly CreateRun[]): string =>
  table(
    ['run', 'services s', 'create s', 'overhead s', 'overhead %', 'functions s', 'transitions', `bar ≤ ${BAR * 100} %`],
    runs.map(({ scenario, servicesMs, totalMs, transitions, invocations }) => [
      scenario.name,
      seconds(servicesMs),
      seconds(totalMs),
      seconds(totalMs - servicesMs),
      ((totalMs / servicesMs - 1) * 100).toFixed(1),
      seconds(sum(invocations.map(({ ms }) => ms))),
      transitions,
      totalMs <= servicesMs * (1 + BAR) ? 'met' : 'missed',
    ]),
  );

/** List prices in US dollars, us-east-1. Source beside each; "memory" means that nothing at hand confirms it. */
const PRICES = {
  transition: { usd: 25 / 1e6, unit: '$25 / million', source: 'notes, verified' },
  request: { usd: 1 / 1e6, unit: '$1.00 / million', source: 'memory' },
  invocation: { usd: 0.2 / 1e6, unit: '$0.20 / million', source: 'memory' },
  gigabyteSecond: { usd: 0.0000133334, unit: '$0.0000133334 / GB-s (Arm)', source: 'memory' },
  write: { usd: 0.625 / 1e6, unit: '$0.625 / million', source: 'memory' },
  read: { usd: 0.125 / 1e6, unit: '$0.125 / million', source: 'memory' },
  put: { usd: 0.005 / 1000, unit: '$0.005 / 1,000', source: 'memory' },
  get: { usd: 0.0004 / 1000, unit: '$0.0004 / 1,000', source: 'memory' },
} as const;

/** A row of an agent or a knowledge base with the SOP measured here is below 4 kB; two indexes are written along with it. */
const UNITS_A_WRITE = 4 + 2;
/** Reads are consistent: a unit for each 4 kB. */
const UNITS_A_READ = 1;
/** A transaction costs double, and each of ours writes two rows. */
const UNITS_A_TRANSACTION = 2 * 2 * UNITS_A_WRITE;
/** English text, by rule of thumb. */
const BYTES_A_TOKEN = 4;

interface Line {
  readonly what: string;
  readonly count: number;
  readonly price: { readonly usd: number; readonly unit: string; readonly source: string };
}

function linesOf({ transitions, invocations, calls }: CreateRun): Line[] {
  const count = (...names: string[]): number => sum(names.map((name) => calls[name] ?? 0));
  const gigabyteSeconds = sum(invocations.map(({ ms, memoryMb }) => (ms / 1000) * (memoryMb / 1024)));
  const transactions = count('dynamodb TransactWriteItems') * UNITS_A_TRANSACTION;
  return [
    { what: 'HTTP API request', count: 1, price: PRICES.request },
    { what: 'state transitions', count: transitions, price: PRICES.transition },
    { what: 'Lambda invocations', count: invocations.length, price: PRICES.invocation },
    { what: 'Lambda GB-seconds', count: gigabyteSeconds, price: PRICES.gigabyteSecond },
    {
      what: `DynamoDB write units (${count('dynamodb UpdateItem', 'dynamodb PutItem', 'dynamodb TransactWriteItems')} calls)`,
      count: count('dynamodb UpdateItem', 'dynamodb PutItem') * UNITS_A_WRITE + transactions,
      price: PRICES.write,
    },
    {
      what: 'DynamoDB read units',
      count: count('dynamodb GetItem', 'dynamodb Query') * UNITS_A_READ,
      price: PRICES.read,
    },
    {
      what: 'S3 PUT and LIST requests',
      count: count('s3 PutObject', 's3 CopyObject', 's3 ListObjectsV2'),
      price: PRICES.put,
    },
    { what: 'S3 GET requests', count: count('s3 GetObject', 's3 HeadObject'), price: PRICES.get },
  ];
}

export function costTable(run: CreateRun): string {
  const lines = linesOf(run);
  const usd = (value: number): string => `$${value.toFixed(6)}`;
  const total = sum(lines.map(({ count, price }) => count * price.usd));
  return table(
    ['used by one creation', 'count', 'list price', 'cost', 'price from'],
    [
      ...lines.map(({ what, count, price }) => [
        what,
        Number.isInteger(count) ? count : count.toFixed(2),
        price.unit,
        usd(count * price.usd),
        price.source,
      ]),
      ['**all of it**', '', '', `**${usd(total)}**`, ''],
    ],
  );
}

/** Calls without a charge of their own, and the model's, whose price depends on the model. */
export function bedrockTable({ calls, modelBytes }: CreateRun): string {
  const rows = Object.entries(calls)
    .filter(([name]) => /^(bedrock|s3vectors|iam)/.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const tokens = (bytes: number): string => Math.round(bytes / BYTES_A_TOKEN).toLocaleString('en');
  return `${table(['Bedrock, AgentCore, S3 Vectors and IAM', 'calls'], rows)}

The AgentCreator sends the model about ${tokens(modelBytes.sent)} tokens and stores about ${tokens(modelBytes.written)} (${BYTES_A_TOKEN} bytes a token). With a
large model this is the greatest part of the price of a creation; it depends on the model and is not in the sum above.`;
}
