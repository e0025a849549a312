import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentBody, Api } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { type Harness, startHarness } from './support/harness.ts';

interface Page {
  readonly agents: readonly AgentBody[];
}

describe('creating with an Idempotency-Key', () => {
  let harness: Harness;
  let api: Api;

  const create = (key: string, agentName: string, client = api) =>
    client.request('POST', '/api/v1/agents', formOf(BIKE_SHOP, { fields: { agentName } }), { 'idempotency-key': key });
  const named = async (agentName: string, client = api): Promise<number> => {
    const { body } = await client.request<Page>('GET', '/api/v1/agents');
    return body.agents.filter((agent) => agent.agentName === agentName).length;
  };

  beforeAll(async () => {
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('repeater'));
  });
  afterAll(() => harness?.stop());

  it('gives the first answer again and makes one agent', async () => {
    const first = await create('repeat-1', 'Once');
    const second = await create('repeat-1', 'Once');
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(await named('Once')).toBe(1);
  });

  it('makes one agent of requests that arrive together', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => create('together-1', 'Together')));
    expect(answers.map(({ status }) => status).filter((status) => status !== 202 && status !== 409)).toEqual([]);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ body }) => body.code)).toEqual(refused.map(() => 'request-in-progress'));
    expect(await named('Together')).toBe(1);
  });

  it('refuses the key for another request', async () => {
    await create('other-1', 'Before');
    expect(await create('other-1', 'After')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect(await named('After')).toBe(0);
  });

  it('keeps the keys of two tenants apart', async () => {
    const other = new Api(harness.cloud.apiUrl, await harness.tokenOf('someone-else'));
    const mine = await create('shared-1', 'Mine');
    const theirs = await create('shared-1', 'Theirs', other);
    expect(theirs.status).toBe(202);
    expect(theirs.body.agentId).not.toBe(mine.body.agentId);
  });

  it('does not hold a key for a request that was refused', async () => {
    const refused = await api.request('POST', '/api/v1/agents', formOf(BIKE_SHOP, { fields: { sop: '' } }), {
      'idempotency-key': 'fixed-1',
    });
    expect(refused.status).toBe(400);
    expect((await create('fixed-1', 'Fixed')).status).toBe(202);
  });
});
