import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Agent } from '../../shared/agents/agent.ts';
import type { AgentId, UserId } from '../../shared/kernel/ids.ts';
import { agentMinds } from '../../shared/providers/agent-mind.ts';
import { pauseAfter } from '../../shared/providers/ask-mind.ts';
import { AskAnswer, type AskRequest } from '../../shared/providers/asked-mind.ts';
import { ProviderError, retryAfterOf } from '../../shared/providers/provider-error.ts';
import { providerNetwork } from '../../shared/providers/provider-network.ts';
import { type SpeakToProviderDeps, speakToProvider } from '../../shared/providers/speak-to-provider.ts';
import { EngineError } from '../../shared/voice/engines/speech-engine.ts';
import { systemSessionClock } from '../../shared/voice/relay/system-session-clock.ts';
import { VoiceSettings } from '../../shared/voice/voice-settings.ts';
import { KEY, providerServer, type Whim, WORDS } from './support/provider-server.ts';
import { speaking, testSeal } from './support/trying.ts';

let server: Awaited<ReturnType<typeof providerServer>>;
let deps: SpeakToProviderDeps;
/** Pauses that were made before the service was asked again. */
let pauses: number[];

beforeAll(async () => {
  server = await providerServer();
});
beforeEach(() => {
  server.be('none');
  pauses = [];
  const clock = systemSessionClock();
  const sleep: typeof clock.sleep = (ms, signal) => {
    if (signal !== undefined) return clock.sleep(ms, signal);
    pauses.push(ms);
    return Promise.resolve();
  };
  deps = { ...speaking(), clock: { ...clock, sleep } };
});
afterAll(() => server?.close());

const keys: Record<string, string> = {};
const owned = (llm: object): Pick<Agent, 'userId' | 'agentId' | 'voice'> => ({
  userId: 'ann' as UserId,
  agentId: 'a1' as AgentId,
  voice: VoiceSettings.parse({ cascade: { llm } }),
});
const minds = agentMinds({ providerKeys: { read: async () => keys }, seal: testSeal });
const service = () => ({ provider: 'openai-compatible', apiUrl: `${server.apiUrl}/v1`, model: 'm' });

/** One question to the mind of an agent, by the way it takes between our functions. */
const asked = async (wish: Partial<AskRequest> = {}) => {
  keys.llm = KEY;
  const mind = await minds.of(owned(service()));
  const messages = [{ role: 'user', text: 'Hello?' }];
  const request = { type: 'ask', userId: 'ann', mind, system: 'Be kind.', messages, tools: [], maxTokens: 800 };
  const over = JSON.stringify({ ...request, timeoutMs: 5000, ...wish });
  expect(over).not.toContain(`"${KEY}`);
  return AskAnswer.parse(await speakToProvider(deps)(JSON.parse(over)));
};

const BEHAVIOURS: readonly (readonly [Whim, string])[] = [
  ['wrong-key', 'key'],
  ['wrong-model', 'model'],
  ['busy', 'overloaded'],
  ['broken', 'unreachable'],
  ['cut', 'unreachable'],
  ['redirect', 'refused'],
  ['nonsense', 'misbehaved'],
  ['empty', 'misbehaved'],
  ['page', 'misbehaved'],
  ['compressed', 'misbehaved'],
  ['endless', 'misbehaved'],
  ['huge', 'misbehaved'],
];

it.each(BEHAVIOURS)('a language model that is %s is told of as %s, without its key', async (whim, fault) => {
  server.be(whim);
  const answer = await asked();
  expect(answer).toMatchObject({ outcome: 'failed', failure: { fault } });
  expect(JSON.stringify(answer)).not.toContain(KEY);
});

it.each(['none', 'slow', 'whole'] as const)(
  'a language model that is %s is understood, and its tokens counted',
  async (whim) => {
    server.be(whim);
    expect(await asked()).toEqual({ outcome: 'answered', text: WORDS, toolUses: [], inputTokens: 12, outputTokens: 7 });
    expect(JSON.parse(String(server.asked.at(-1)?.body))).toMatchObject({ model: 'm', max_tokens: 800, stream: true });
  },
);

it('one that has no room is asked again when it says so, and answers', async () => {
  server.be('recovering');
  expect([await asked(), pauses]).toMatchObject([{ outcome: 'answered', text: WORDS }, [1000, 1000]]);
});

it('one that never has room is asked three times, one that lies or refuses once', async () => {
  const before = server.asked.length;
  server.be('busy');
  await asked();
  const busy = server.asked.length - before;
  server.be('nonsense');
  await asked();
  server.be('wrong-key');
  await asked();
  expect([busy, server.asked.length - before, pauses]).toEqual([3, 5, [400, 800]]);
});

it('one that is silent is waited for no longer than there is time', async () => {
  server.be('silent');
  expect(await asked({ timeoutMs: 200 })).toMatchObject({ outcome: 'failed', failure: { fault: 'timeout' } });
});

it('an address inside is not dialled, whoever let it pass', async () => {
  deps = { ...deps, network: providerNetwork('public') };
  const before = server.asked.length;
  expect(await asked()).toMatchObject({ outcome: 'failed', failure: { fault: 'unsafe-address' } });
  expect(server.asked.length).toBe(before);
});

it('a key that was sealed for one service opens for no other, and for no other tenant', async () => {
  keys.llm = KEY;
  const mind = await minds.of(owned(service()));
  const elsewhere = { llm: { ...service(), apiUrl: 'http://127.0.0.1:9/v1' }, sealedKey: mind?.sealedKey };
  await expect(asked({ mind: elsewhere as never })).rejects.toThrow('not one of this key');
  await expect(asked({ userId: 'bob' })).rejects.toThrow('not one of this key');
});

it('Bedrock’s own model needs no mind, another one of Bedrock’s no key, a service of the tenant’s has one', async () => {
  delete keys.llm;
  expect(await minds.of(owned({ provider: 'bedrock' }))).toBeUndefined();
  expect(await minds.of({ ...owned({ provider: 'bedrock' }), voice: undefined } as never)).toBeUndefined();
  expect(await minds.of(owned({ provider: 'bedrock', modelId: 'amazon.nova-pro-v1:0' }))).toEqual({
    llm: { provider: 'bedrock', modelId: 'amazon.nova-pro-v1:0' },
  });
  await expect(minds.of(owned(service()))).rejects.toMatchObject({ code: 'provider-key-missing' });
});

it.each([
  ['says nothing', new ProviderError('overloaded', ''), 1, 20_000, 400],
  ['says nothing, for the second time', new ProviderError('unreachable', ''), 2, 20_000, 800],
  ['has been asked three times', new ProviderError('unreachable', ''), 3, 20_000, undefined],
  ['wants five seconds', new ProviderError('overloaded', '', { retryAfterSeconds: 5 }), 1, 20_000, 5000],
  ['wants more than there is', new ProviderError('overloaded', '', { retryAfterSeconds: 19 }), 1, 20_000, undefined],
  ['has no quota left', new ProviderError('overloaded', '', { kind: 'quota' }), 1, 20_000, undefined],
  ['took too long', new ProviderError('timeout', ''), 1, 20_000, undefined],
  ['is Bedrock, and busy', new EngineError('throttled', ''), 1, 20_000, 400],
  ['is Bedrock, and closed', new EngineError('denied', ''), 1, 20_000, undefined],
  ['is no provider', new Error('ours'), 1, 20_000, undefined],
])('a service that %s is asked again accordingly', (_, error, attempt, leftMs, pauseMs) => {
  expect(pauseAfter(error, attempt, leftMs)).toBe(pauseMs);
});

it.each([
  [{ 'retry-after': '7' }, 7],
  [{ 'retry-after': '0.2' }, 1],
  [{ 'retry-after': '999999999' }, 3600],
  [{ 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT', date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, 30],
  [{ 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT', date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, 0],
  [{ 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-5', date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, undefined],
  [{}, undefined],
])('Retry-After %j is %s', (headers, seconds) => {
  expect(retryAfterOf(new Headers(headers))).toBe(seconds);
});
