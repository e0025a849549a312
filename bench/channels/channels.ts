/** Customers' messages measured: acknowledgement, load, cost; and what more channels cost at provisioning. */
import { availableParallelism } from 'node:os';
import { table } from '../table.ts';
import { type AcknowledgeRow, assemblyWithEmptyHandler, measureAcknowledgement } from './acknowledge.ts';
import { type Cost, costOf, IDLE_USD, measureUsages, type Usage } from './cost.ts';
import { type Load, type LoadRow, measureLoad } from './load.ts';
import { PRICES } from './prices.ts';
import { measureProvisioning, type ProvisioningRow } from './provisioning.ts';
import { putChannels, socialChannel, startTenant } from './tenant.ts';

export interface ChannelsReport {
  readonly acknowledgements: readonly AcknowledgeRow[];
  readonly loads: readonly LoadRow[];
  readonly usages: readonly Usage[];
  readonly provisionings: readonly ProvisioningRow[];
}

const ACKNOWLEDGED = [
  { atOnce: 1, requests: 200 },
  { atOnce: 8, requests: 200 },
];

/** Small: each customer whom the agent answers holds a process for its session. */
const LOADS: readonly Load[] = [
  { name: 'paused: its notice', customers: 40, messages: 5, isAnswering: false },
  { name: 'the agent answers', customers: 8, messages: 4, isAnswering: true },
];

export async function measureChannels(): Promise<ChannelsReport> {
  const assembly = await assemblyWithEmptyHandler();
  try {
    const tenant = await startTenant(assembly.dir);
    try {
      say('  provisioning …');
      const provisionings = await measureProvisioning(tenant);
      await putChannels(tenant, [socialChannel('whatsapp')]);
      say('  acknowledgement …');
      const acknowledgements = await measureAcknowledgement(tenant, ACKNOWLEDGED);
      const loads: LoadRow[] = [];
      for (const [group, load] of LOADS.entries()) {
        say(`  ${load.customers} × ${load.messages} messages, ${load.name} …`);
        loads.push(await measureLoad(tenant, load, group));
      }
      say('  cost …');
      const usages = await measureUsages(tenant);
      return { acknowledgements, loads, usages, provisionings };
    } finally {
      await tenant.harness.stop();
    }
  } finally {
    assembly.remove();
  }
}

const say = (line: string): void => console.log(line);

export function channelsReport({ acknowledgements, loads, usages, provisionings }: ChannelsReport): string {
  // A text message comes as a chat of Amazon Connect does; what differs is what carries it.
  const chat = usages.find(({ channel }) => channel === 'Amazon Connect chat');
  const all = chat ? [...usages, { ...chat, channel: 'SMS' }] : usages;
  return [
    'From sending a signed webhook to the end of the 200:',
    acknowledgeTable(acknowledgements),
    'From the webhook through the queue to the inbox, all customers at once:',
    loadTable(loads),
    'What one message and its answer use, the second of a conversation:',
    usageTable(all),
    `And cost, a thousand of them. A conversation pays $${(1000 * IDLE_USD).toFixed(2)} a thousand more for the quarter of an hour that its
agent's session waits for another message. With these prices:`,
    costTable(all.map(costOf)),
    priceTable(),
    'Channels of an agent that is there already, from the start of PlanChannels to the end of DeployChannels:',
    provisioningTable(provisionings),
  ].join('\n\n');
}

/** Reading a signature, asking whose account it is and queueing may take this much longer than nothing at all. */
const ACKNOWLEDGE_BAR = 5;

export const acknowledgeTable = (rows: readonly AcknowledgeRow[]): string =>
  table(
    [
      'at once',
      'requests',
      'ours p50 / p99 ms',
      'empty p50 / p99 ms',
      'p50 ÷ empty',
      'p99 ÷ empty',
      `bar: p50 ≤ ${ACKNOWLEDGE_BAR}×, ours p99 < 1 s`,
    ],
    rows.map(({ atOnce, requests, ours, empty }) => [
      atOnce,
      requests,
      `${ours.p50.toFixed(1)} / ${ours.p99.toFixed(1)}`,
      `${empty.p50.toFixed(1)} / ${empty.p99.toFixed(1)}`,
      `${(ours.p50 / empty.p50).toFixed(1)}×`,
      `${(ours.p99 / empty.p99).toFixed(1)}×`,
      ours.p50 <= ACKNOWLEDGE_BAR * empty.p50 && ours.p99 < 1000 ? 'met' : 'missed',
    ]),
  );

export const loadTable = (rows: readonly LoadRow[]): string =>
  table(
    [
      'who answers',
      'customers × messages',
      'acknowledged',
      'answered',
      'twice',
      'conversations in order',
      's',
      `messages a second and core (of ${availableParallelism()})`,
      'bar: all, once, in order',
    ],
    rows.map(({ name, customers, messages, acknowledged, replies, doubles, inOrder, seconds, perSecondAndCore }) => [
      name,
      `${customers} × ${messages}`,
      acknowledged,
      replies,
      doubles,
      inOrder ?? 'nothing to order',
      seconds.toFixed(1),
      perSecondAndCore.toFixed(1),
      replies === customers * messages && doubles === 0 && (inOrder ?? customers) === customers ? 'met' : 'missed',
    ]),
  );

const usageTable = (usages: readonly Usage[]): string =>
  table(
    [
      'channel',
      'invocations',
      'Lambda GB-s',
      'webhooks',
      'SQS requests',
      'write units',
      'read units',
      'secret requests',
      'agent s',
      'tokens in',
    ],
    usages.map((usage) => [
      usage.channel,
      usage.invocations,
      usage.gigabyteSeconds.toFixed(2),
      usage.requests,
      usage.queueRequests,
      usage.writeUnits,
      usage.readUnits,
      usage.secretRequests,
      usage.agentSeconds.toFixed(2),
      Math.round(usage.inputTokens),
    ]),
  );

export const costTable = (costs: readonly Cost[]): string =>
  table(
    ['1,000 messages answered', 'ours', 'agent and model', 'platform', 'all of it'],
    costs.map(({ channel, ours, agent, platform }) => [
      channel,
      ...[ours, agent, platform, ours + agent + platform].map((usd) => `$${(usd * 1000).toFixed(3)}`),
    ]),
  );

const priceTable = (): string =>
  table(
    ['list price of', 'price', 'source', 'as of', 'read or from memory'],
    Object.values(PRICES).map(({ what, unit, source, asOf, memory }) => [
      what,
      unit,
      source,
      asOf,
      memory ? 'memory' : 'read',
    ]),
  );

/** Five at once share two cores, which five functions on AWS would not. */
const PROVISIONING_BAR = 1.5;

export function provisioningTable(rows: readonly ProvisioningRow[]): string {
  const alone = rows.filter(({ count }) => count === 1).map(({ seconds }) => seconds);
  const [slowest, sum] = [Math.max(...alone), alone.reduce((total, seconds) => total + seconds, 0)];
  return table(
    [
      'channels',
      's',
      '÷ slowest alone',
      '÷ sum of all alone',
      'transitions',
      `bar: ≤ ${PROVISIONING_BAR}× the slowest`,
    ],
    rows.map(({ channels, count, seconds, transitions }) => [
      channels,
      seconds.toFixed(1),
      `${(seconds / slowest).toFixed(2)}×`,
      `${(seconds / sum).toFixed(2)}×`,
      transitions,
      count === 1 ? 'is what all at once are measured by' : seconds <= PROVISIONING_BAR * slowest ? 'met' : 'missed',
    ]),
  );
}
