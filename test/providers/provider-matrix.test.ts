import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpeakToProviderDeps } from '../../shared/providers/speak-to-provider.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import { KEY, providerServer, type Whim } from './support/provider-server.ts';
import { speaking, tryingWith } from './support/trying.ts';

type Config = Record<string, unknown>;

let server: Awaited<ReturnType<typeof providerServer>>;
let probing: SpeakToProviderDeps;
const tried = tryingWith(() => probing);

beforeAll(async () => {
  server = await providerServer();
});
beforeEach(() => {
  server.be('none');
  probing = speaking();
});
afterAll(() => server?.close());

interface Row {
  readonly part: 'speech' | 'llm' | 'tts' | 'stt';
  readonly provider: string;
  /** Where it must be asked. */
  readonly path: string;
  readonly config: () => Config;
}

/** Every provider of a tenant's own, as it is asked for: with its voice, model, rate, address. */
const ROWS: readonly Row[] = [
  {
    part: 'speech',
    provider: 'openai-realtime',
    path: '/v1/realtime?model=gpt-realtime',
    config: () => ({ model: 'gpt-realtime', voice: 'marin', apiUrl: `${server.socketUrl}/v1/realtime` }),
  },
  {
    part: 'llm',
    provider: 'openai-compatible',
    path: '/v1/chat/completions',
    config: () => ({ model: 'm', apiUrl: `${server.apiUrl}/v1` }),
  },
  {
    part: 'llm',
    provider: 'groq.com',
    path: '/openai/v1/chat/completions',
    config: () => ({ model: 'm', api_url: server.apiUrl, completions_path: '/openai/v1/chat/completions' }),
  },
  {
    part: 'tts',
    provider: 'openai-compatible',
    path: '/v1/audio/speech',
    config: () => ({ model: 'm', voice: 'alloy', apiUrl: `${server.apiUrl}/v1` }),
  },
  {
    part: 'tts',
    provider: 'elevenlabs',
    path: '/v1/text-to-speech/v/stream?output_format=pcm_44100',
    config: () => ({ voice_id: 'v', sample_rate: 44_100, apiUrl: server.apiUrl }),
  },
  {
    part: 'tts',
    provider: 'async.ai',
    path: '/text_to_speech/streaming',
    config: () => ({ voice_id: 'v', model_id: 'asyncflow_v2.0', sample_rate: 44_100, api_url: server.apiUrl }),
  },
  {
    part: 'stt',
    provider: 'openai-compatible',
    path: '/v1/audio/transcriptions',
    config: () => ({ model: 'm', apiUrl: `${server.apiUrl}/v1` }),
  },
  { part: 'stt', provider: 'elevenlabs', path: '/v1/speech-to-text', config: () => ({ apiUrl: server.apiUrl }) },
  {
    part: 'stt',
    provider: 'whisper.local',
    path: '/api/stt/stream?language=en&sample_rate=16000',
    config: () => ({ url: server.socketUrl, path: '/api/stt/stream' }),
  },
];

const HEARD = 'heard';
const REFUSED = 'provider-refused';
const UNREACHABLE = 'provider-unreachable';
const MISBEHAVED = 'provider-misbehaved';
const LATE = 'provider-timeout';
/** The protocol has no such thing. */
const NONE = undefined;

/** What each behaviour is told of as, by part; `socket` of those that speak over a socket. */
const BEHAVIOURS: readonly (readonly [
  Whim,
  Readonly<Record<'speech' | 'llm' | 'tts' | 'stt' | 'socket', string | undefined>>,
])[] = [
  ['none', { speech: HEARD, llm: HEARD, tts: HEARD, stt: HEARD, socket: HEARD }],
  ['slow', { speech: NONE, llm: HEARD, tts: HEARD, stt: HEARD, socket: NONE }],
  ['whole', { speech: NONE, llm: HEARD, tts: NONE, stt: NONE, socket: NONE }],
  ['wrong-key', same('provider-key-refused')],
  ['wrong-model', { ...same('provider-model-unknown'), socket: NONE }],
  ['busy', same('provider-overloaded')],
  ['broken', same(UNREACHABLE)],
  ['cut', same(UNREACHABLE)],
  ['silent', same(LATE)],
  ['redirect', same(REFUSED)],
  ['empty', same(MISBEHAVED)],
  // A message of the Realtime API that is not understood is passed over: the API gains new ones.
  ['nonsense', { ...same(MISBEHAVED), speech: LATE }],
  ['page', { speech: NONE, llm: MISBEHAVED, tts: MISBEHAVED, stt: MISBEHAVED, socket: NONE }],
  ['compressed', { speech: NONE, llm: MISBEHAVED, tts: MISBEHAVED, stt: MISBEHAVED, socket: NONE }],
  ['endless', { ...same(MISBEHAVED), socket: NONE }],
  ['huge', same(MISBEHAVED)],
  ['other-rate', { ...same(NONE), tts: MISBEHAVED }],
  ['wav', { ...same(NONE), tts: MISBEHAVED }],
  ['mp3', { ...same(NONE), tts: MISBEHAVED }],
];

function same(code: string | undefined) {
  return { speech: code, llm: code, tts: code, stt: code, socket: code };
}

const CELLS = ROWS.flatMap((row) =>
  BEHAVIOURS.flatMap(([whim, codes]) => {
    const expected = codes[row.provider === 'whisper.local' ? 'socket' : row.part];
    return expected === undefined ? [] : [[row.part, row.provider, whim, expected, row] as const];
  }),
);

describe('the matrix of providers', () => {
  it.each(CELLS)('%s of %s that is %s: %s', async (part, provider, whim, expected, { path, config }) => {
    server.be(whim);
    // Nobody waits for frames to be spoken to ears; all else has the machine's own time.
    if (part !== 'stt') probing = { ...probing, clock: systemSessionClock() };
    if (expected === LATE) probing = { ...probing, timeoutMs: 150 };
    // Ears that understood nothing are given the rest of the time.
    if (part === 'stt' && whim === 'empty') probing = { ...probing, timeoutMs: 400 };
    const outcome = await tried(part, { provider, apiKey: KEY, ...config() });
    expect('code' in outcome ? outcome.code : HEARD).toBe(expected);
    expect(JSON.stringify(outcome)).not.toContain(KEY);
    expect(server.asked.at(-1)).toMatchObject({ path, key: KEY });
  });

  it('has a row for every provider that is none of AWS', async () => {
    const { PROVIDERS } = await import('../../shared/providers/provider-names.ts');
    const ofAws = ['nova-sonic', 'cascade', 'bedrock', 'polly', 'transcribe'];
    const named = Object.entries(PROVIDERS).flatMap(([part, names]) => names.map((name) => `${part} ${name}`));
    const rows = ROWS.map(
      ({ part, provider }) => `${part} ${provider === 'whisper.local' ? 'whisper-websocket' : provider}`,
    );
    expect(named.filter((name) => !ofAws.some((aws) => name.endsWith(` ${aws}`)) && !rows.includes(name))).toEqual([]);
  });
});
