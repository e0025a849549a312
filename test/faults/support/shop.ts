import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type AgentBody, Api, type RequestBody } from '../../e2e/support/api.ts';
import { BIKE_SHOP, formOf } from '../../e2e/support/business.ts';
import type { Harness } from '../../e2e/support/harness.ts';

const settled = ({ status }: AgentBody): boolean => status === 'active' || status === 'failed';

/** A client that does what a careful client program does: repeats a request that failed on the other side, with the same key. */
export class PatientClient {
  readonly api: Api;
  readonly harness: Harness;

  constructor(harness: Harness, token: string) {
    this.harness = harness;
    this.api = new Api(harness.cloud.apiUrl, token);
  }

  async request(method: string, path: string, body?: () => RequestBody | object, headers: Record<string, string> = {}) {
    for (;;) {
      const answer = await this.api.request(method, path, body?.(), headers);
      const repeat = answer.status >= 500 || answer.status === 429 || answer.body.code === 'request-in-progress';
      if (!repeat) return answer;
      await sleep(50);
    }
  }

  async create(key: string, form: () => FormData = () => formOf(BIKE_SHOP)): Promise<string> {
    const created = await this.request('POST', '/api/v1/agents', form, { 'idempotency-key': key });
    expect(created).toMatchObject({ status: 202 });
    return String(created.body.agentId);
  }

  async settle(agentId: string): Promise<AgentBody> {
    return this.api.agentWhen(agentId, settled);
  }

  async remove(agentId: string): Promise<void> {
    const answer = await this.request('DELETE', `/api/v1/agents/${agentId}`);
    expect([202, 404]).toContain(answer.status);
    await this.gone(agentId);
  }

  async gone(agentId: string): Promise<void> {
    await expect
      .poll(async () => (await this.request('GET', `/api/v1/agents/${agentId}`)).status, { timeout: 50_000 })
      .toBe(404);
  }
}

/** What a client left by design: its keys, which expire by themselves. */
const EXPIRING = /idempotency/;

/** Waits until the embedded cloud holds what it held `before`, besides rows that expire. */
export async function expectNoOrphans(harness: Harness, before: readonly string[]): Promise<void> {
  const lasting = (inventory: readonly string[]) => inventory.filter((line) => !EXPIRING.test(line));
  await expect.poll(async () => lasting(await harness.cloud.inventory()), { timeout: 30_000 }).toEqual(lasting(before));
}
