/** Creating at 1, 8 and 32 at once: how fast requests are accepted, and how fast agents become active. */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from '../test/e2e/support/api.ts';
import { BIKE_SHOP, formOf } from '../test/e2e/support/business.ts';
import { startHarness } from '../test/e2e/support/harness.ts';
import { UNTHROTTLED } from './stage.ts';
import { median, percentile, table } from './table.ts';

const CONCURRENCIES = [1, 8, 32] as const;

export interface ThroughputRow {
  readonly concurrency: number;
  /** Of one request among the others: the middle, and the one that a twentieth exceeds. */
  readonly acceptedMs: { readonly p50: number; readonly p95: number };
  readonly acceptedPerSecond: number;
  readonly activePerSecond: number;
  readonly failed: number;
}

async function create(api: Api, agentName: string): Promise<{ agentId: string; ms: number }> {
  const sent = performance.now();
  const { status, body } = await api.request('POST', '/api/v1/agents', formOf(BIKE_SHOP, { fields: { agentName } }));
  if (status !== 202) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`);
  return { agentId: String(body.agentId), ms: performance.now() - sent };
}

/** Waits until an agent is settled, looking once a second: looking is not what is measured. */
async function settled(api: Api, agentId: string): Promise<string> {
  for (;;) {
    const { body } = await api.request('GET', `/api/v1/agents/${agentId}`);
    if (body.status === 'active' || body.status === 'failed') return body.status;
    await sleep(1_000);
  }
}

async function measure(api: Api, concurrency: number): Promise<ThroughputRow> {
  const started = performance.now();
  const names = Array.from({ length: concurrency }, (_, n) => `Shop ${concurrency}-${n}`);
  const accepted = await Promise.all(names.map((name) => create(api, name)));
  const acceptedAllMs = performance.now() - started;
  const statuses = await Promise.all(accepted.map(({ agentId }) => settled(api, agentId)));
  const activeAllMs = performance.now() - started;
  const times = accepted.map(({ ms }) => ms);
  return {
    concurrency,
    acceptedMs: { p50: median(times), p95: percentile(times, 0.95) },
    acceptedPerSecond: (concurrency / acceptedAllMs) * 1000,
    activePerSecond: (concurrency / activeAllMs) * 1000,
    failed: statuses.filter((status) => status === 'failed').length,
  };
}

export async function measureThroughput(): Promise<ThroughputRow[]> {
  const harness = await startHarness({ context: UNTHROTTLED });
  try {
    const api = new Api(harness.cloud.apiUrl, await harness.tokenOf('crowd'));
    // The functions start before anything counts.
    await measure(api, 1);
    const rows: ThroughputRow[] = [];
    for (const concurrency of CONCURRENCIES) rows.push(await measure(api, concurrency));
    return rows;
  } finally {
    await harness.stop();
  }
}

/** What alone takes a time may take this many times as long on fewer cores than there are runs. */
const barOf = ({ concurrency }: ThroughputRow): number => Math.max(1, concurrency / availableParallelism());

export function throughputTable(rows: readonly ThroughputRow[]): string {
  const [alone] = rows;
  if (alone === undefined) throw new Error('nothing was measured');
  const slowdown = (row: ThroughputRow): number =>
    row.concurrency / row.activePerSecond / (alone.concurrency / alone.activePerSecond);
  return table(
    [
      'created at once',
      'accepted a second',
      'a request: median ÷ alone',
      '95th ÷ alone',
      'active a second',
      'until all are active ÷ alone',
      'failed',
      'bar: none fails, ÷ alone ≤ runs a core',
    ],
    rows.map((row) => [
      row.concurrency,
      row.acceptedPerSecond.toFixed(1),
      `${(row.acceptedMs.p50 / alone.acceptedMs.p50).toFixed(2)}×`,
      `${(row.acceptedMs.p95 / alone.acceptedMs.p50).toFixed(2)}×`,
      row.activePerSecond.toFixed(2),
      `${slowdown(row).toFixed(2)}×`,
      row.failed,
      row.failed === 0 && slowdown(row) <= barOf(row) ? 'met' : 'missed',
    ]),
  );
}
