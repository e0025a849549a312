import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY, providerServer } from '../providers/support/provider-server.ts';
import { Api } from './support/api.ts';
import { type Harness, startHarness } from './support/harness.ts';

interface Agent {
  readonly agentId: string;
  readonly agentName: string;
  readonly isDefault: boolean;
}

describe('providers of an agent, and which agent is meant', () => {
  let harness: Harness;
  let api: Api;
  let server: Awaited<ReturnType<typeof providerServer>>;

  beforeAll(async () => {
    server = await providerServer();
    harness = await startHarness();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('ann'));
  });
  afterAll(async () => {
    await harness?.stop();
    await server?.close();
  });

  const tried = async (body: object) => {
    const { status, body: answer } = await api.request('POST', '/api/v1/providers/test', body);
    return status === 200 ? String(answer.heard) : `${status} ${String(answer.code)}`;
  };

  it('a user without any agent is made a first one, once, and it is the default one', async () => {
    const first = await api.request<Agent>('GET', '/api/v1/agents/current');
    const second = await api.request<Agent>('GET', '/api/v1/agents/current');
    expect([first.status, second.status]).toEqual([202, 200]);
    expect(second.body).toMatchObject({
      agentId: first.body.agentId,
      agentName: 'Development Agent',
      isDefault: true,
    });
  });

  it('services of AWS and of the tenant’s own are spoken to, and say what they heard', async () => {
    const llm = { provider: 'openai-compatible', model: 'm', apiUrl: `${server.apiUrl}/v1`, apiKey: KEY };
    expect([
      await tried({ part: 'llm', config: { provider: 'bedrock' } }),
      await tried({ part: 'tts', config: { provider: 'polly' } }),
      await tried({ part: 'llm', config: llm }),
      await tried({ part: 'llm', config: { ...llm, apiKey: 'another-key' } }),
      await tried({ part: 'llm', config: { ...llm, apiUrl: 'http://169.254.169.254/v1' } }),
    ]).toEqual([
      expect.not.stringMatching(/^\d{3} /),
      expect.stringMatching(/ s of speech$/),
      'Good morning, I hear you well.',
      '422 provider-key-refused',
      '422 unsafe-address',
    ]);
  });

  it('a provider is kept with its key, which nobody gets to see, and is tried again by it', async () => {
    const { agentId } = (await api.request<Agent>('GET', '/api/v1/agents/current')).body;
    const llm = { provider: 'openai-compatible', model: 'm', apiUrl: `${server.apiUrl}/v1`, apiKey: KEY };
    const put = await api.request('PUT', `/api/v1/agents/${agentId}/providers`, { llm });
    expect(put).toMatchObject({ status: 200, body: { llm: { model: 'm', keyLastFour: KEY.slice(-4) } } });
    expect(JSON.stringify(put.body)).not.toContain(KEY);
    expect(await tried({ part: 'llm', agentId })).toBe('Good morning, I hear you well.');
  });

  it('written questions are answered by the provider from the next one on, and its faults are told', async () => {
    const { agentId } = (await api.request<Agent>('GET', '/api/v1/agents/current')).body;
    await api.agentWhen(agentId, ({ status }) => status === 'active');
    const asked = async () => {
      const { status, body } = await api.request('POST', `/api/v1/agents/${agentId}/messages`, { text: 'Hello?' });
      return status === 200 ? { answer: body.answer, usage: body.usage } : { status, code: body.code };
    };
    const provided = (llm: object | null) => api.request('PUT', `/api/v1/agents/${agentId}/providers`, { llm });
    const own = { answer: expect.not.stringContaining('I hear you well'), usage: { priceKnown: true } };
    const theirs = { provider: 'openai-compatible', model: 'm', apiUrl: `${server.apiUrl}/v1` };
    const heard = await asked();
    await provided({ ...theirs, apiKey: 'sk-another-one' });
    const refused = await asked();
    await provided(null);
    const before = await asked();
    expect([heard, refused, before]).toMatchObject([
      {
        answer: 'Good morning, I hear you well.',
        usage: { inputTokens: 12, outputTokens: 7, modelId: 'm', priceKnown: false },
      },
      { status: 422, code: 'provider-key-refused' },
      own,
    ]);
  });
});
