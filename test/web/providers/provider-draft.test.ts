import { describe, expect, test } from 'vitest';
import { PROVIDERS } from '../../../shared/providers/provider-names.ts';
import {
  changesOf,
  configOf,
  draftFor,
  draftsOf,
  missingFields,
  type Providers,
} from '../../../web/dashboard/providers/provider-draft.ts';
import { PARTS, PROVIDER_TABLE } from '../../../web/dashboard/providers/provider-table.ts';

const NOTHING = {
  model: null,
  voice: null,
  sampleRateHertz: null,
  apiUrl: null,
  completionsPath: null,
  path: null,
  keyLastFour: null,
};
const PROVIDERS_NOW: Providers = {
  agentId: '0192f4d4-0000-7000-8000-00000000000a',
  speech: { ...NOTHING, provider: 'nova-sonic', voice: 'tiffany' },
  llm: {
    ...NOTHING,
    provider: 'openai-compatible',
    model: 'llama',
    apiUrl: 'https://api.groq.com',
    completionsPath: '/openai/v1/chat/completions',
    keyLastFour: 'ab12',
  },
  tts: { ...NOTHING, provider: 'polly', model: 'neural' },
  stt: { ...NOTHING, provider: 'transcribe' },
};

describe('providers as they are edited', () => {
  test('every provider of the API can be chosen', () => {
    expect(Object.fromEntries(PARTS.map((part) => [part, Object.keys(PROVIDER_TABLE[part]).sort()]))).toEqual(
      Object.fromEntries(Object.entries(PROVIDERS).map(([part, names]) => [part, [...names].sort()])),
    );
  });

  test('nothing is sent of what did not change', () => {
    expect(changesOf(PROVIDERS_NOW, draftsOf(PROVIDERS_NOW))).toEqual({});
  });

  test('a change is sent with the part it is in, a key only when there is a new one', () => {
    const drafts = draftsOf(PROVIDERS_NOW);
    const other = { ...drafts, llm: { ...drafts.llm, model: ' qwen ', completionsPath: '' } };
    expect(changesOf(PROVIDERS_NOW, other)).toEqual({
      llm: { provider: 'openai-compatible', model: 'qwen', apiUrl: 'https://api.groq.com' },
    });
    expect(changesOf(PROVIDERS_NOW, { ...drafts, llm: { ...drafts.llm, apiKey: 'secret-key' } })).toMatchObject({
      llm: { apiKey: 'secret-key' },
    });
    expect(changesOf(PROVIDERS_NOW, { ...drafts, llm: { ...drafts.llm, removesKey: true } })).toMatchObject({
      llm: { apiKey: null },
    });
  });

  test('another provider begins afresh and is told only what it has', () => {
    const whisper = {
      ...draftFor('whisper-websocket'),
      apiUrl: 'wss://ears.example',
      sampleRateHertz: '16000',
      voice: 'x',
    };
    expect(configOf('stt', whisper)).toEqual({
      provider: 'whisper-websocket',
      apiUrl: 'wss://ears.example',
      sampleRateHertz: 16_000,
    });
    expect(configOf('stt', draftFor('transcribe'))).toEqual({ provider: 'transcribe' });
  });

  test('what a provider cannot do without is asked for', () => {
    expect(missingFields('llm', draftFor('openai-compatible'))).toEqual(['apiUrl', 'model']);
    expect(missingFields('tts', { ...draftFor('elevenlabs'), voice: 'Rachel' })).toEqual([]);
  });
});
