import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type AgentBody, type Answer, Api, type RequestBody } from '../../e2e/support/api.ts';
import { BIKE_SHOP, formOf } from '../../e2e/support/business.ts';

/** What these tests need of a running cloud, in this process or another. */
export interface Running {
  readonly cloud: { readonly apiUrl: string; readonly inventory: () => Promise<string[]> };
  readonly tokenOf: (tenant: string) => Promise<string>;
}

const settled = ({ status }: AgentBody): boolean => status === 'active' || status === 'failed';

/** A client that does what a careful client program does: repeats a request that failed on the other side, with the same key. */
export class PatientClient {
  readonly #running: Running;
  readonly #tenant: string;
  #api: Api;

  private constructor(running: Running, tenant: string, token: string) {
    this.#running = running;
    this.#tenant = tenant;
    this.#api = new Api(running.cloud.apiUrl, token);
  }

  static async signIn(running: Running, tenant: string): Promise<PatientClient> {
    return new PatientClient(running, tenant, await running.tokenOf(tenant));
  }

  async request(
    method: string,
    path: string,
    body?: () => RequestBody | object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    for (;;) {
      const answer = await this.#api.request(method, path, body?.(), headers);
      const repeat = answer.status >= 500 || answer.status === 429 || answer.body.code === 'request-in-progress';
      if (!repeat && answer.status !== 401) return answer;
      // On a hurried clock tokens expire within minutes.
      if (answer.status === 401) this.#api = new Api(this.#api.baseUrl, await this.#running.tokenOf(this.#tenant));
      await sleep(50);
    }
  }

  async create(key: string, form: () => FormData = () => formOf(BIKE_SHOP)): Promise<string> {
    const created = await this.request('POST', '/api/v1/agents', form, { 'idempotency-key': key });
    expect(created).toMatchObject({ status: 202 });
    return String(created.body.agentId);
  }

  patch(agentId: string, change: object): Promise<Answer> {
    return this.request('PATCH', `/api/v1/agents/${agentId}`, () => change);
  }

  /** Retries a failed run, once the last function of it has said its last word. */
  async retry(agentId: string): Promise<Answer> {
    for (;;) {
      const answer = await this.request('POST', `/api/v1/agents/${agentId}/retry`);
      if (answer.body.code !== 'agent-busy') return answer;
      await sleep(100);
    }
  }

  /** Reads the agent until `done` holds; the test's own time limit ends a run that never does. */
  async when(agentId: string, done: (agent: AgentBody) => boolean): Promise<AgentBody> {
    for (;;) {
      const { status, body } = await this.request('GET', `/api/v1/agents/${agentId}`);
      if (status === 200 && done(body as AgentBody)) return body as AgentBody;
      await sleep(100);
    }
  }

  /** The agent once the step has begun, or its run is over. */
  at(agentId: string, step: string): Promise<AgentBody> {
    return this.when(agentId, (agent) => settled(agent) || agent.provisioning.steps.some((line) => line.step === step));
  }

  settle(agentId: string): Promise<AgentBody> {
    return this.when(agentId, settled);
  }

  async remove(agentId: string): Promise<void> {
    const answer = await this.request('DELETE', `/api/v1/agents/${agentId}`);
    expect([202, 404]).toContain(answer.status);
    await this.gone(agentId);
  }

  async gone(agentId: string): Promise<void> {
    while ((await this.request('GET', `/api/v1/agents/${agentId}`)).status !== 404) await sleep(100);
  }
}

/** What a client left by design: its keys, which expire by themselves, and counters, which no deletion takes back. */
const EXPIRING = /idempotency|-rate-limits\/item\/|-statistics\/item\/[^#/]+\//;

/** Waits until the embedded cloud holds what it held `before`, besides rows that expire. */
export async function expectNoOrphans({ cloud }: Running, before: readonly string[]): Promise<void> {
  const lasting = (inventory: readonly string[]) => inventory.filter((line) => !EXPIRING.test(line));
  await expect.poll(async () => lasting(await cloud.inventory()), { timeout: 30_000 }).toEqual(lasting(before));
}
