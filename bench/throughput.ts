/** Creating at 1, 8 and 32 at once: how fast requests are accepted, and how fast agents become active. */
import { Api } from '../test/e2e/support/api.ts';
import { BIKE_SHOP, formOf } from '../test/e2e/support/business.ts';
import { type Harness, startHarness } from '../test/e2e/support/harness.ts';
import { median, table } from './table.ts';

const CONCURRENCIES = [1, 8, 32] as const;

interface Measured {
  readonly concurrency: number;
  readonly acceptedMs: number;
  readonly acceptedPerSecond: number;
  readonly activePerSecond: number;
  readonly failed: number;
}

async function measure(_harness: Harness, api: Api, concurrency: number): Promise<Measured> {
  const started = performance.now();
  const accepted: number[] = [];
  const ids = await Promise.all(
    Array.from({ length: concurrency }, async (_, n) => {
      const sent = performance.now();
      const { status, body } = await api.request(
        'POST',
        '/api/v1/agents',
        formOf(BIKE_SHOP, { fields: { agentName: `Shop ${concurrency}-${n}` } }),
      );
      if (status !== 202) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`);
      accepted.push(performance.now() - sent);
      return String(body.agentId);
    }),
  );
  const acceptedAll = performance.now() - started;
  const agents = await Promise.all(
    ids.map((id) => api.agentWhen(id, ({ status }) => status === 'active' || status === 'failed')),
  );
  const activeAll = performance.now() - started;
  await Promise.all(ids.map((id) => api.request('DELETE', `/api/v1/agents/${id}`)));
  return {
    concurrency,
    acceptedMs: median(accepted),
    acceptedPerSecond: (concurrency / acceptedAll) * 1000,
    activePerSecond: (concurrency / activeAll) * 1000,
    failed: agents.filter(({ status }) => status === 'failed').length,
  };
}

export async function throughputTable(): Promise<string> {
  const harness = await startHarness();
  try {
    const api = new Api(harness.cloud.apiUrl, await harness.tokenOf('crowd'));
    await measure(harness, api, 1);
    const measured: Measured[] = [];
    for (const concurrency of CONCURRENCIES) measured.push(await measure(harness, api, concurrency));
    const [alone] = measured;
    if (alone === undefined) throw new Error('nothing was measured');
    const ratio = (now: number, then: number): string => `${(now / then).toFixed(2)}×`;
    return table(
      [
        'created at once',
        'requests accepted a second',
        'time of a request ÷ alone',
        'agents active a second',
        '÷ alone',
        'failed',
      ],
      measured.map((m) => [
        m.concurrency,
        m.acceptedPerSecond.toFixed(1),
        ratio(m.acceptedMs, alone.acceptedMs),
        m.activePerSecond.toFixed(2),
        ratio(m.activePerSecond, alone.activePerSecond),
        m.failed,
      ]),
    );
  } finally {
    await harness.stop();
  }
}
