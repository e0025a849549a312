import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '../../shared/kernel/ids.ts';
import { ProblemError } from '../../shared/kernel/problems.ts';
import { type ProbeProviderDeps, probeProvider } from '../../shared/providers/probe-provider.ts';
import { providerNetwork } from '../../shared/providers/provider-network.ts';
import { TestProviderBody } from '../../shared/providers/provider-requests.ts';
import { ProviderHeardView } from '../../shared/providers/provider-views.ts';
import { type TestProviderDeps, testProvider } from '../../shared/providers/test-provider.ts';
import type { TextToSpeech } from '../../shared/voice/engines/cascade/ports.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import { KEY, providerServer, speechLike, type Whim } from './support/provider-server.ts';

type Config = Record<string, unknown>;

let server: Awaited<ReturnType<typeof providerServer>>;
let deps: TestProviderDeps;
let probing: ProbeProviderDeps;

beforeAll(async () => {
  server = await providerServer();
  deps = {
    agents: { find: async () => undefined },
    providerKeys: { read: async () => ({}) },
    probe: (request) => probeProvider(probing)(request),
    seal: { close: async (key, userId) => `${userId}:${key}` },
    addresses: 'public-and-loopback',
    clock: systemSessionClock(),
  };
});
beforeEach(() => {
  server.be('none');
  probing = {
    network: providerNetwork('public-and-loopback'),
    seal: { open: async (sealed, userId) => sealed.replace(`${userId}:`, '') },
    parts: { tts: reader },
    // Time is the machine's, but nobody waits for frames to be spoken.
    clock: { ...systemSessionClock(), sleep: async () => new Promise((resolve) => setImmediate(resolve)) },
    speechModelId: 'amazon.nova-2-sonic-v1:0',
    textModelId: 'us.amazon.nova-2-lite-v1:0',
    timeoutMs: 2000,
  };
});
afterAll(() => server?.close());

/** Says what ears are to hear. */
const reader: TextToSpeech = {
  formats: [{ encoding: 'pcm16', sampleRateHertz: 16_000 }],
  async *speak({ text, format }) {
    yield speechLike(text.length, format.sampleRateHertz);
  },
};

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
      probing = { ...probing, timeoutMs: 150 };
      const heard = await tried(part, { provider, apiKey: KEY, ...config() });
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
    expect([
      await tried('llm', config),
      await tried('llm', { ...config, apiKey: KEY }, { addresses: 'public' }),
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

  it('at an address inside is not dialled either, whoever let it pass', async () => {
    probing = { ...probing, network: providerNetwork('public') };
    const config = { provider: 'openai-compatible', model: 'm', apiUrl: `${server.apiUrl}/v1`, apiKey: KEY };
    expect(await tried('llm', config)).toMatchObject({ code: 'unsafe-address' });
  });
});

describe('a service of AWS', () => {
  it.each([
    ['speech', 'nova-sonic'],
    ['llm', 'bedrock'],
    ['tts', 'polly'],
    ['stt', 'transcribe'],
  ])('%s of %s is spoken to without a key', async (part, provider) => {
    const probe: TestProviderDeps['probe'] = async ({ part: asked, sealedKey }) => ({
      outcome: 'heard',
      heard: { said: 'a', heard: `${asked} of AWS ${sealedKey}`, audio: null, firstMs: 1, totalMs: 2 },
    });
    expect(await tried(part, { provider }, { probe })).toMatchObject({
      part,
      provider,
      heard: `${part} of AWS undefined`,
    });
  });

  it('fails as the others do', async () => {
    const probe: TestProviderDeps['probe'] = async () => ({
      outcome: 'failed',
      failure: { fault: 'refused', message: 'No such model.' },
    });
    expect(await tried('llm', { provider: 'bedrock' }, { probe })).toEqual({
      code: 'provider-refused',
      detail: 'No such model.',
    });
  });
});
