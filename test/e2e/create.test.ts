import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExample } from '../../local/start/example.ts';
import { type AgentBody, Api } from './support/api.ts';
import { type Harness, lastingOf, startHarness } from './support/harness.ts';
import { tagsOf } from './support/tags.ts';

interface AnswerBody {
  readonly answer: string;
  readonly sessionId: string;
  readonly citations: readonly { marker: number; path: string; excerpt: string }[];
  readonly toolCalls: readonly { name: string; status: string }[];
  readonly handoff: { reason: string } | null;
}

const ended = (agent: AgentBody): boolean => agent.status === 'active' || agent.status === 'failed';

describe('the example business', () => {
  const example = readExample(resolve(import.meta.dirname, '../../examples/cozy-comfort'));
  let harness: Harness;
  let api: Api;
  let before: readonly string[];
  let agent: AgentBody;

  const ask = (text: string, sessionId?: string) =>
    api.request<AnswerBody>('POST', `/api/v1/agents/${agent.agentId}/messages`, {
      text,
      ...(sessionId ? { sessionId } : {}),
    });

  beforeAll(async () => {
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('cozy'));
    before = await lastingOf(harness);
    const created = await api.request('POST', '/api/v1/agents', example.form);
    expect(created).toMatchObject({
      status: 202,
      body: { agentId: expect.any(String), status: 'creating', message: expect.any(String) },
    });
    expect(created.headers.get('location')).toBe(`/api/v1/agents/${String(created.body.agentId)}`);
    agent = await api.agentWhen(String(created.body.agentId), ended);
  });
  afterAll(() => harness?.stop());

  it('becomes an active agent, each step of the workflow having succeeded once', () => {
    expect(agent).toMatchObject({
      status: 'active',
      version: 1,
      activeVersion: 1,
      knowledgeBase: { status: 'ready', bedrockKnowledgeBaseId: expect.any(String) },
      provisioning: { status: 'succeeded', run: 1, version: 1 },
      agentCodeS3Path: expect.stringMatching(/^s3:\/\/.+\/v1\/agent_file\.ts$/),
      generatedPromptS3Path: expect.stringMatching(/^s3:\/\/.+\/v1\/prompt\.md$/),
      websocketUrl: expect.stringMatching(/^wss?:\/\//),
      apiEndpoint: expect.stringContaining(`/agents/${agent.agentId}/messages`),
    });
    expect(agent.provisioning.steps.map(({ step, status }) => ({ step, status }))).toEqual(
      [
        'ProvisionKnowledgeBase',
        'CheckIngestion',
        'InvokeAgentCreator',
        'CheckCode',
        'DeployAgentCore',
        'CheckRuntime',
        'PlanChannels',
        'ActivateAgent',
      ].map((step) => ({ step, status: 'succeeded' })),
    );
  });

  it('answers from its documents and cites the file', async () => {
    const { status, body } = await ask('How long can I return a mattress?');
    expect(status).toBe(200);
    expect(body.answer).toContain('100');
    expect(body.citations.map(({ path }) => path)).toContain('policies/return-policy.pdf');
    expect(body.toolCalls).toContainEqual(expect.objectContaining({ status: 'success' }));
    expect(body.handoff).toBeNull();
  });

  it.each([
    ['Do you deliver to Norway?', 'policies/shipping-terms.docx', 'Norway'],
    ['How warm should I wash my wool duvet?', 'help/care-guide.html', '30'],
    ['Can I pay by invoice?', 'help/faq.md', 'invoice'],
    ['What does the Breeze cotton duvet in 200 x 200 cost?', 'products/catalogue.xlsx', '119'],
  ])('%s is answered from %s', async (question, file, fact) => {
    const { body } = await ask(question);
    expect(body.citations.map(({ path }) => path)).toContain(file);
    expect(body.answer).toContain(fact);
  });

  it('says that it does not know what its documents do not say', async () => {
    const { body } = await ask('What is the capital of Mongolia?');
    expect(body.citations).toEqual([]);
    expect(body.answer).not.toContain('Ulaanbaatar');
  });

  it('hands over to a person when asked for one', async () => {
    const { body } = await ask('I want to talk to a person, please.');
    expect(body.handoff).toMatchObject({ reason: expect.any(String) });
  });

  it('asks for the details of an order over several turns of one session, then hands them on', async () => {
    const first = await ask('Where is my order?');
    expect(first.body.answer.toLowerCase()).toContain('order number');
    const second = await ask('It is CC-204518', first.body.sessionId);
    expect(second.body.sessionId).toBe(first.body.sessionId);
    expect(second.body.answer.toLowerCase()).toContain('email');
    const third = await ask('ann@example.com', first.body.sessionId);
    expect(JSON.stringify(third.body)).toContain('CC-204518');
  });

  it('is tagged with its owner in everything that was made for it', async () => {
    const tags = await tagsOf(harness, agent);
    const owner = { userId: expect.any(String), agentId: agent.agentId, platform: 'oratio', environment: 'dev' };
    expect(tags).toEqual({
      file: { ...owner, resourceType: 'knowledge-file' },
      code: { ...owner, resourceType: 'generated-code' },
      knowledgeBase: { ...owner, resourceType: 'knowledge-base' },
      runtime: { ...owner, resourceType: 'agent-runtime' },
      role: { ...owner, resourceType: 'agent-role' },
    });
  });

  it('is listed for its owner, with its knowledge base and the state of every file', async () => {
    const agents = await api.request<{ agents: AgentBody[] }>('GET', '/api/v1/agents?status=active');
    expect(agents.body.agents.map(({ agentId }) => agentId)).toEqual([agent.agentId]);
    const id = agent.knowledgeBase.knowledgeBaseId;
    const base = await api.request<{ files: { path: string; status: string }[] }>(
      'GET',
      `/api/v1/knowledge-bases/${id}`,
    );
    expect(base.body.files.map(({ path, status }) => `${path} ${status}`).sort()).toEqual([
      'help/care-guide.html ingested',
      'help/faq.md ingested',
      'policies/return-policy.pdf ingested',
      'policies/shipping-terms.docx ingested',
      'products/catalogue.xlsx ingested',
    ]);
  });

  it('is also served at the paths the creation service named', async () => {
    const { status, body } = await api.request<AgentBody>('GET', `/api/agents/${agent.agentId}`);
    expect({ status, agentId: body.agentId }).toEqual({ status: 200, agentId: agent.agentId });
  });

  it('leaves nothing behind when it is deleted', async () => {
    const deleted = await api.request('DELETE', `/api/v1/agents/${agent.agentId}`);
    expect(deleted.status).toBe(202);
    await expect
      .poll(() => api.request('GET', `/api/v1/agents/${agent.agentId}`), { timeout: 50_000 })
      .toMatchObject({
        status: 404,
        body: { code: 'agent-not-found' },
      });
    await expect.poll(() => lastingOf(harness), { timeout: 20_000 }).toEqual(before);
  });
});
