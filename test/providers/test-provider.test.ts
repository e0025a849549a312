import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '../../shared/kernel/ids.ts';
import { ProblemError } from '../../shared/kernel/problems.ts';
import { providerNetwork } from '../../shared/providers/provider-network.ts';
import { TestProviderBody } from '../../shared/providers/provider-requests.ts';
import { ProviderHeardView } from '../../shared/providers/provider-views.ts';
import { type TestProviderDeps, testProvider } from '../../shared/providers/test-provider.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import { KEY, providerServer, speechLike, type Whim } from './support/provider-server.ts';

type Config = Record<string, unknown>;

let server: Awaited<ReturnType<typeof providerServer>>;
let deps: TestProviderDeps;

beforeAll(async () => {
  server = await providerServer();
  deps = {
    agents: { find: async () => undefined },
    providerKeys: { read: async () => ({}) },
    aws: async ({ part }) => ({
      outcome: 'heard',
      heard: { said: 'a', heard: `${part} of AWS`, audio: null, firstMs: 1, totalMs: 2 },
    }),
    speaker: async (text, rate) => speechLike(text.length, rate),
    addresses: 'public-and-loopback',
    network: providerNetwork('public-and-loopback'),
    // Time is the machine's, but nobody waits for frames to be spoken.
    clock: { ...systemSessionClock(), sleep: async () => new Promise((resolve) => setImmediate(resolve)) },
    timeoutMs: 2000,
  };
});
beforeEach(() => server.be('none'));
afterAll(() => server?.close());

const request = (body: object) => ({
  userId: 'ann' as UserId,
  params: {},
  query: {},
  rawQuery: '',
  files: [],
  bodyKind: 'json' as const,
  headers: {},
  origin: 'https://api.example',
  basePath: '/api/v1',
  requestId: 'r',
  body: TestProviderBody.parse(body),
});

const tried = async (part: string, config: Config, more: Partial<TestProviderDeps> = {}) => {
  try {
    const { body } = await testProvider({ ...deps, ...more })(request({ part, config }));
    return ProviderHeardView.parse(body);
  } catch (error) {
    if (error instanceof ProblemError) return { code: error.code, detail: error.message };
    throw error;
  }
};

/** Every provider of a tenant's own, as it is asked for. */
const MATRIX: readonly (readonly [part: string, provider: string, config: () => Config])[] = [
  ['llm', 'openai-compatible', () => ({ model: 'm', apiUrl: `${server.apiUrl}/v1` })],
  ['llm', 'groq.com', () => ({ model: 'm', api_url: server.apiUrl, completions_path: '/openai/v1/chat/completions' })],
  ['tts', 'openai-compatible', () => ({ model: 'm', voice: 'alloy', apiUrl: `${server.apiUrl}/v1` })],
  ['tts', 'elevenlabs', () => ({ voice_id: 'v', sample_rate: 44_100, apiUrl: server.apiUrl })],
  [
    'tts',
    'async.ai',
    () => ({ voice_id: 'v', model_id: 'asyncflow_v2.0', sample_rate: 44_100, api_url: server.apiUrl }),
  ],
  ['stt', 'openai-compatible', () => ({ model: 'm', apiUrl: `${server.apiUrl}/v1` })],
  ['stt', 'elevenlabs', () => ({ apiUrl: server.apiUrl })],
  ['stt', 'whisper.local', () => ({ url: server.socketUrl, path: '/api/stt/stream' })],
];

const PATHS = [
  '/v1/chat/completions',
  '/openai/v1/chat/completions',
  '/v1/audio/speech',
  '/v1/text-to-speech/v/stream?output_format=pcm_44100',
  '/text_to_speech/streaming',
  '/v1/audio/transcriptions',
  '/v1/speech-to-text',
  '/api/stt/stream?language=en&sample_rate=16000',
];

describe('a provider of a tenant’s own', () => {
  it.each(MATRIX.map(([part, provider, config], index) => [part, provider, PATHS[index], config] as const))(
    '%s of %s is spoken to at %s, and heard',
    async (part, provider, path, config) => {
      const heard = await tried(part, { provider, apiKey: KEY, ...config() });
      expect(heard).toMatchObject({
        part,
        heard: part === 'tts' ? '2.0 s of speech' : 'Good morning, I hear you well.',
      });
      expect(server.asked.at(-1)).toMatchObject({ path, key: KEY });
    },
  );

  const ALL: readonly (readonly [Whim, string])[] = [
    ['wrong-key', 'provider-key-refused'],
    ['broken', 'provider-unreachable'],
    ['cut', 'provider-unreachable'],
    ['busy', 'provider-overloaded'],
    ['redirect', 'provider-refused'],
    ['nonsense', 'provider-misbehaved'],
    ['empty', 'provider-misbehaved'],
  ];
  it.each(
    MATRIX.flatMap(([part, provider, config]) =>
      ALL.map(([whim, code]) => [part, provider, whim, code, config] as const),
    ),
  )('%s of %s that is %s is told of as %s', async (part, provider, whim, code, config) => {
    server.be(whim);
    expect(await tried(part, { provider, apiKey: KEY, ...config() })).toMatchObject({ code });
  });

  it.each(MATRIX.filter(([, provider]) => provider !== 'whisper.local'))(
    '%s of %s that knows no such model is told of',
    async (part, provider, config) => {
      server.be('wrong-model');
      expect(await tried(part, { provider, apiKey: KEY, ...config() })).toMatchObject({
        code: 'provider-model-unknown',
      });
    },
  );

  it.each(MATRIX)(
    '%s of %s that says nothing is waited for no longer than the bound',
    async (part, provider, config) => {
      server.be('silent');
      const heard = await tried(part, { provider, apiKey: KEY, ...config() }, { timeoutMs: 150 });
      expect(heard).toMatchObject({ code: 'provider-timeout' });
    },
  );

  it.each(
    MATRIX.filter(([part]) => part === 'tts').flatMap(([part, provider, config]) =>
      (['page', 'other-rate', 'wav', 'mp3'] as const).map((whim) => [part, provider, whim, config] as const),
    ),
  )('%s of %s that lies (%s) is caught', async (part, provider, whim, config) => {
    server.be(whim);
    expect(await tried(part, { provider, apiKey: KEY, ...config() })).toMatchObject({ code: 'provider-misbehaved' });
  });

  it('without a key is not spoken to, nor at an address inside', async () => {
    const config = { provider: 'openai-compatible', model: 'm', apiUrl: `${server.apiUrl}/v1` };
    const network = providerNetwork('public');
    expect([
      await tried('llm', config),
      await tried('llm', { ...config, apiKey: KEY }, { addresses: 'public', network }),
      await tried(
        'llm',
        { ...config, apiUrl: 'https://inside.example/v1', apiKey: KEY },
        {
          addresses: 'public',
          addressesOfName: async () => ['93.184.216.34', '10.0.0.7'],
        },
      ),
      await tried('llm', { ...config, apiUrl: 'http://127.0.0.1:9', apiKey: KEY }),
    ]).toMatchObject([
      { code: 'provider-key-missing' },
      { code: 'unsafe-address' },
      { code: 'unsafe-address', detail: 'The address is not one of the public internet: inside.example leads inside.' },
      { code: 'provider-unreachable' },
    ]);
  });
});

describe('a service of AWS', () => {
  it.each([
    ['speech', 'nova-sonic'],
    ['llm', 'bedrock'],
    ['tts', 'polly'],
    ['stt', 'transcribe'],
  ])('%s of %s is spoken to by the function that has its client', async (part, provider) => {
    expect(await tried(part, { provider })).toMatchObject({ part, provider, heard: `${part} of AWS` });
  });

  it('fails as the others do', async () => {
    const aws: TestProviderDeps['aws'] = async () => ({
      outcome: 'failed',
      failure: { fault: 'refused', message: 'No such model.' },
    });
    expect(await tried('llm', { provider: 'bedrock' }, { aws })).toEqual({
      code: 'provider-refused',
      detail: 'No such model.',
    });
  });
});
