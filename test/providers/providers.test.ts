import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import { setDefaultAgent } from '../../shared/providers/choose-agent.ts';
import { dynamoDefaultAgents } from '../../shared/providers/default-agents-dynamodb.ts';
import { getProviders, putProviders } from '../../shared/providers/manage-providers.ts';
import { ProvidersView } from '../../shared/providers/provider-views.ts';
import { secretsManagerProviderKeys } from '../../shared/voice/settings/provider-keys-secrets-manager.ts';
import { dynamoSettingsMarks } from '../../shared/voice/settings/settings-marks-dynamodb.ts';
import { servingAgent, startTables, TABLES } from '../access/support/tables.ts';
import { httpEvent, jsonEvent } from '../agents/support/events.ts';
import { httpLambda } from '../http/support/api-lambda.ts';

const AGENT = '019a5c1e-7d00-7a3b-9c55-000000000001';
const OTHER = '019a5c1e-7d00-7a3b-9c55-000000000002';
const KEY = 'gsk-0123456789abcdwxyz';
const NOTHING = {
  voice: null,
  sampleRateHertz: null,
  apiUrl: null,
  completionsPath: null,
  path: null,
  keyLastFour: null,
};

let world: Awaited<ReturnType<typeof startTables>>;
let secrets: SecretsManagerClient;
let send: ReturnType<typeof httpLambda>;

beforeAll(async () => {
  world = await startTables();
  secrets = new SecretsManagerClient(world.settings);
  const providerKeys = secretsManagerProviderKeys({ RESOURCE_PREFIX: 'oratio-test', ENVIRONMENT: 'test' }, secrets);
  const agents = dynamoAgentStore(TABLES, world.client);
  const addressesOfName = async (name: string) => (name === 'inside.example' ? ['10.1.2.3'] : ['93.184.216.34']);
  const clock = { now: () => Date.UTC(2026, 10, 21, 9) };
  const marks = dynamoSettingsMarks(TABLES, world.client);
  const deps = { agents, providerKeys, marks, addresses: 'public' as const, addressesOfName, clock };
  const defaults = dynamoDefaultAgents(TABLES, world.client);
  send = httpLambda(
    {
      getProviders: getProviders(deps),
      putProviders: putProviders(deps),
      setDefaultAgent: setDefaultAgent({ agents, defaults }),
    },
    () => {},
  );
  for (const agentId of [AGENT, OTHER]) await world.putAgent(servingAgent(agentId));
});
afterAll(() => world?.stop());

const at = (routeKey: string, user = 'ann', agentId = AGENT) => ({ routeKey, params: { agentId }, user });
const answer = async (event: Parameters<typeof send>[0]) => {
  const { statusCode, body } = await send(event);
  return { status: statusCode, body: JSON.parse(body ?? '{}') };
};
const read = () => answer(httpEvent(at('GET /api/v1/agents/{agentId}/providers')));
const write = (body: object, user?: string) =>
  answer(jsonEvent(at('PUT /api/v1/agents/{agentId}/providers', user), body));

describe('whose services an agent uses', () => {
  it('is AWS until its owner says otherwise', async () => {
    const { status, body } = await read();
    expect(status).toBe(200);
    expect(ProvidersView.parse(body)).toEqual({
      agentId: AGENT,
      speech: { ...NOTHING, provider: 'nova-sonic', model: null, voice: 'tiffany' },
      llm: { ...NOTHING, provider: 'bedrock', model: null },
      tts: { ...NOTHING, provider: 'polly', model: 'neural' },
      stt: { ...NOTHING, provider: 'transcribe', model: null },
    });
  });

  it('is said in the words of the agent manager, too; keys come back as four characters, and lie in a secret', async () => {
    const put = await write({
      llm_provider_config: { provider: 'groq.com', api_key: KEY, model: 'llama-3.1-8b-instant' },
      tts_provider_config: { provider: 'async.ai', api_key: `${KEY}-tts`, voice_id: 'e7b6', sample_rate: 44_100 },
      stt_provider_config: { provider: 'whisper.local', url: 'wss://stt.example', path: '/api/stt/stream' },
      speech: { provider: 'cascade' },
    });
    expect(put).toMatchObject({
      status: 200,
      body: {
        speech: { provider: 'cascade' },
        llm: {
          provider: 'openai-compatible',
          model: 'llama-3.1-8b-instant',
          apiUrl: 'https://api.groq.com',
          completionsPath: '/openai/v1/chat/completions',
          keyLastFour: 'wxyz',
        },
        tts: {
          provider: 'async.ai',
          voice: 'e7b6',
          model: 'asyncflow_v2.0',
          sampleRateHertz: 44_100,
          keyLastFour: '-tts',
        },
        stt: { provider: 'whisper-websocket', apiUrl: 'wss://stt.example', path: '/api/stt/stream', keyLastFour: null },
      },
    });
    expect((await read()).body).toEqual(put.body);
    expect(JSON.stringify(put.body)).not.toContain(KEY);
    const SecretId = `oratio-test/tenants/ann/agents/${AGENT}/provider-keys`;
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    expect(JSON.parse(SecretString ?? '')).toEqual({ llm: KEY, tts: `${KEY}-tts` });
  });

  it('keeps a key for the service it was given for, and shows it to no other', async () => {
    const llm = { provider: 'openai-compatible', model: 'other', apiUrl: 'https://api.groq.com/v2' };
    const kept = await write({ llm });
    const moved = await write({ llm: { ...llm, apiUrl: 'https://elsewhere.example/v1' } });
    const gone = await write({ tts: null });
    expect([kept, moved, gone].map(({ body }) => [body.llm.keyLastFour, body.tts.keyLastFour])).toEqual([
      ['wxyz', '-tts'],
      [null, '-tts'],
      [null, null],
    ]);
  });

  it.each([
    [
      { llm: { provider: 'openai-compatible', model: 'm', apiUrl: 'https://inside.example/v1' } },
      'unsafe-address',
      '/llm/apiUrl',
    ],
    [
      { llm: { provider: 'openai-compatible', model: 'm', apiUrl: 'http://93.184.216.34/v1' } },
      'unsafe-address',
      '/llm/apiUrl',
    ],
    [
      { stt: { provider: 'whisper-websocket', apiUrl: 'wss://[::ffff:169.254.169.254]/' } },
      'unsafe-address',
      '/stt/apiUrl',
    ],
    [{ llm: { provider: 'openai-compatible', model: 'm' } }, 'invalid-request', '/llm/apiUrl'],
    [{ tts: { provider: 'elevenlabs' } }, 'invalid-request', '/tts/voice'],
    [{ tts: { provider: 'polly', voice: 'Hal' } }, 'invalid-request', '/tts/voice'],
    [{ stt: { provider: 'ears.example' } }, 'invalid-request', '/stt/provider'],
    [{ speech: { provider: 'nova-sonic', model: 'nova-9' } }, 'invalid-request', '/speech/model'],
    [{ speech: { provider: 'telepathy' } }, 'invalid-request', '/speech/provider'],
    [{ llm: { provider: 'bedrock', apiKey: 'short' } }, 'invalid-request', '/llm/apiKey'],
  ])('is refused where it cannot be: %j', async (body, code, pointer) => {
    const { status, body: problem } = await write(body);
    expect({ isRefused: (status ?? 0) < 500, code: problem.code, pointer: problem.errors?.[0]?.pointer }).toEqual({
      isRefused: true,
      code,
      pointer,
    });
  });

  it('is nobody else’s business', async () => {
    expect(await write({ llm: null }, 'bob')).toMatchObject({ status: 404, body: { code: 'agent-not-found' } });
  });
});

describe('the default agent', () => {
  it('is one, whoever is chosen at the same time', async () => {
    const choose = (agentId: string, user?: string) =>
      answer(jsonEvent(at('POST /api/v1/agents/{agentId}/set-default', user, agentId), {}));
    const chosen = await Promise.all([AGENT, OTHER, AGENT, OTHER].map((agentId) => choose(agentId)));
    expect(chosen.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(await choose(OTHER)).toMatchObject({ status: 200, body: { agentId: OTHER, isDefault: true } });
    expect(await dynamoDefaultAgents(TABLES, world.client).find('ann' as never)).toMatchObject({ agentId: OTHER });
    expect(await choose(AGENT, 'bob')).toMatchObject({ status: 404 });
  });
});
