import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentBody, Api } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { type Harness, lastingOf, startHarness } from './support/harness.ts';

const SHARED = { stages: { dev: { pollSeconds: 1, retainData: false, knowledgeIsolation: 'shared' } } };

interface AnswerBody {
  readonly answer: string;
  readonly citations: readonly { readonly path: string }[];
}

const settled = ({ status }: AgentBody): boolean => status === 'active' || status === 'failed';

describe('a stage with one knowledge base for all agents', () => {
  let harness: Harness;
  let before: readonly string[];
  let mine: { api: Api; agentId: string };
  let theirs: { api: Api; agentId: string };

  /** A shop of its own tenant whose hours are nobody else's. */
  const open = async (tenant: string, hours: string): Promise<{ api: Api; agentId: string }> => {
    const api = new Api(harness.cloud.apiUrl, await harness.tokenOf(tenant));
    const form = formOf(BIKE_SHOP, { files: { ...BIKE_SHOP.files, 'hours.txt': hours } });
    const { body } = await api.request<{ agentId: string }>('POST', '/api/v1/agents', form);
    return { api, agentId: body.agentId };
  };
  const ask = async ({ api, agentId }: typeof mine, text: string): Promise<AnswerBody> =>
    (await api.request<AnswerBody>('POST', `/api/v1/agents/${agentId}/messages`, { text })).body;
  const remove = async ({ api, agentId }: typeof mine): Promise<void> => {
    await api.request('DELETE', `/api/v1/agents/${agentId}`);
    await expect
      .poll(async () => (await api.request('GET', `/api/v1/agents/${agentId}`)).status, { timeout: 50_000 })
      .toBe(404);
  };

  beforeAll(async () => {
    harness = await startHarness({ context: SHARED });
    before = await lastingOf(harness);
    [mine, theirs] = await Promise.all([
      open('early-bird', 'The workshop is open daily from 5:15 in the morning.\n'),
      open('night-owl', 'The workshop is open daily until 23:45 at night.\n'),
    ]);
  });
  afterAll(() => harness?.stop());

  it('makes agents of it one after the other, none with a knowledge base of its own', async () => {
    const agents = await Promise.all([mine, theirs].map(({ api, agentId }) => api.agentWhen(agentId, settled)));
    expect(agents.map(({ status, statusReason }) => ({ status, reason: statusReason ?? null }))).toEqual([
      { status: 'active', reason: null },
      { status: 'active', reason: null },
    ]);
    const [first, second] = agents.map(({ knowledgeBase }) => knowledgeBase.bedrockKnowledgeBaseId);
    expect(first).toBe(second);
  });

  it('answers each tenant from their own documents only', async () => {
    const [own, other] = await Promise.all([
      ask(mine, 'When is the workshop open?'),
      ask(theirs, 'When is the workshop open?'),
    ]);
    expect(own.answer).toContain('5:15');
    expect(own.answer).not.toContain('23:45');
    expect(other.answer).toContain('23:45');
    expect(other.answer).not.toContain('5:15');
  });

  it('keeps one agent answering when the other is deleted, and nothing when both are', async () => {
    await remove(theirs);
    expect((await ask(mine, 'When is the workshop open?')).answer).toContain('5:15');
    await remove(mine);
    await expect.poll(() => lastingOf(harness), { timeout: 20_000 }).toEqual(before);
  });
});
