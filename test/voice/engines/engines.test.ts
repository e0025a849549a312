import { describe, expect, it } from 'vitest';
import { engineOf, fallbackOf } from '../../../shared/voice/engines/engines.ts';
import { VoiceSettings } from '../../../shared/voice/voice-settings.ts';
import { manualClock } from './support/manual-clock.ts';

const deps = {
  clock: manualClock(),
  id: () => 'id',
  apiKey: () => Promise.resolve('sk-1'),
  defaultTextModelId: 'amazon.nova-lite-v1:0',
};

const chosen = (settings: object) => {
  const { engine, ...rest } = engineOf(VoiceSettings.parse(settings), deps);
  return { name: engine.name, output: engine.outputFormats[0], ...rest };
};

describe('the engine that the settings name', () => {
  it('is Nova Sonic by default', () => {
    const modelId = 'amazon.nova-2-sonic-v1:0';
    expect(chosen({})).toEqual({
      name: 'nova-sonic',
      output: { encoding: 'pcm16', sampleRateHertz: 24_000 },
      modelId,
      voice: 'tiffany',
      tariff: { modelId, speechToText: 'transcribe', textToSpeech: 'polly-neural' },
    });
  });

  it('speaks with the nearest voice it has, and keeps a voice that only the tenant knows', () => {
    const openAi = { provider: 'openai-compatible', apiUrl: 'https://speech.example/v1', model: 'own' };
    expect([
      chosen({ engine: 'openai-realtime' }),
      chosen({ engine: 'cascade', voice: 'matthew', language: 'de-DE' }),
      chosen({ engine: 'cascade', voice: 'af_heart', cascade: { stt: openAi, llm: openAi, tts: openAi } }),
    ]).toEqual([
      {
        name: 'openai-realtime',
        output: { encoding: 'pcm16', sampleRateHertz: 24_000 },
        modelId: 'gpt-realtime',
        voice: 'marin',
        tariff: { modelId: 'gpt-realtime', speechToText: 'transcribe', textToSpeech: 'polly-neural' },
      },
      {
        name: 'cascade',
        output: { encoding: 'pcm16', sampleRateHertz: 16_000 },
        modelId: 'amazon.nova-lite-v1:0',
        voice: 'Daniel',
        tariff: { modelId: 'amazon.nova-lite-v1:0', speechToText: 'transcribe', textToSpeech: 'polly-neural' },
      },
      {
        name: 'cascade',
        output: { encoding: 'pcm16', sampleRateHertz: 24_000 },
        modelId: 'own',
        voice: 'af_heart',
        tariff: { modelId: 'own', speechToText: 'openai-compatible', textToSpeech: 'openai-compatible' },
      },
    ]);
  });

  it('falls to the cascade when the agent wants that and does not speak through it already', () => {
    const names = [{}, { fallback: 'none' }, { engine: 'cascade' }].map(
      (settings) => fallbackOf(VoiceSettings.parse(settings), deps)?.engine.name,
    );
    expect(names).toEqual(['cascade', undefined, undefined]);
  });
});
