import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentBody, Api } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { type Harness, lastingOf, startHarness } from './support/harness.ts';

const settled = (agent: AgentBody): boolean => agent.status === 'active' || agent.status === 'failed';

describe('an active agent that is changed', () => {
  let harness: Harness;
  let api: Api;
  let before: readonly string[];
  let path: string;
  let agentId: string;

  const read = async (): Promise<AgentBody> => (await api.request<AgentBody>('GET', path)).body;
  const answer = async (text: string): Promise<string> => {
    const { body } = await api.request<{ answer: string }>('POST', `${path}/messages`, { text });
    return body.answer;
  };
  const changed = (changes: Parameters<typeof formOf>[1]) =>
    api.request('PATCH', path, formOf({ fields: {}, descriptions: {}, files: {} }, changes));

  beforeAll(async () => {
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('mechanic'));
    before = await lastingOf(harness);
    const created = await api.request<{ agentId: string }>('POST', '/api/v1/agents', formOf(BIKE_SHOP));
    agentId = created.body.agentId;
    path = `/api/v1/agents/${agentId}`;
    await api.agentWhen(agentId, settled);
  });
  afterAll(() => harness?.stop());

  it('takes a new name at once, without a new version', async () => {
    const { status } = await api.request('PATCH', path, { agentName: 'Spoke, Chain and Bell' });
    expect(status).toBe(200);
    expect(await read()).toMatchObject({ agentName: 'Spoke, Chain and Bell', status: 'active', version: 1 });
  });

  it('refuses a change made against an older reading', async () => {
    const reading = await api.request('GET', path);
    const etag = String(reading.headers.get('etag'));
    const first = await api.request('PATCH', path, { agentName: 'First' }, { 'if-match': etag });
    const second = await api.request('PATCH', path, { agentName: 'Second' }, { 'if-match': etag });
    expect([first.status, second.status]).toEqual([200, 412]);
    expect(second.body).toMatchObject({ code: 'precondition-failed' });
    expect(await read()).toMatchObject({ agentName: 'First' });
  });

  it('builds a new version from new files, the old one answering all the while', async () => {
    const accepted = await changed({
      descriptions: { ...BIKE_SHOP.descriptions, 'winter.md': 'Winter offers' },
      files: { 'winter.md': '# Winter\n\nStudded tyres cost 80 euros a pair, fitting included.\n' },
    });
    expect(accepted).toMatchObject({ status: 202, body: { status: 'updating' } });
    expect(await read()).toMatchObject({ version: 2, activeVersion: 1 });
    expect(await answer('What does a puncture cost?')).toContain('15');
    const agent = await api.agentWhen(agentId, settled);
    expect(agent).toMatchObject({ status: 'active', version: 2, activeVersion: 2 });
    expect(await answer('What do studded tyres cost?')).toContain('80');
  });

  it('lets one of two updates at once through and tells the other that the agent is busy', async () => {
    const sop = String(BIKE_SHOP.fields.sop);
    const answers = await Promise.all([
      api.request('PATCH', path, { sop: `${sop}\n6. Wish the customer a good ride.\n` }),
      api.request('PATCH', path, { sop: `${sop}\n6. Wish the customer tail wind.\n` }),
    ]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'agent-busy', retryable: true });
    expect(await api.agentWhen(agentId, settled)).toMatchObject({ status: 'active', version: 3, activeVersion: 3 });
  });

  it('forgets a file that is removed', async () => {
    const { status } = await api.request('PATCH', path, { removeFiles: ['winter.md'] });
    expect(status).toBe(202);
    const agent = await api.agentWhen(agentId, settled);
    expect(agent).toMatchObject({ status: 'active', version: 4 });
    const { body } = await api.request<{ files: { path: string }[] }>(
      'GET',
      `/api/v1/knowledge-bases/${agent.knowledgeBase.knowledgeBaseId}`,
    );
    expect(body.files.map((file) => file.path).sort()).toEqual(['hours.txt', 'prices/price-list.md']);
    expect(await answer('What do studded tyres cost?')).not.toContain('80');
  });

  it('leaves nothing behind when it is deleted, of none of its versions', async () => {
    expect((await api.request('DELETE', path)).status).toBe(202);
    await expect.poll(async () => (await api.request('GET', path)).status, { timeout: 50_000 }).toBe(404);
    await expect.poll(() => lastingOf(harness), { timeout: 20_000 }).toEqual(before);
  });
});
