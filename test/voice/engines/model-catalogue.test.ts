import { describe, expect, it } from 'vitest';
import {
  CASCADE_MODEL_ID,
  DEFAULT_SPEECH_MODEL_ID,
  hasVoice,
  SPEECH_MODELS,
  SpeechModelError,
  speechModel,
  speechModelsOf,
  voiceFor,
} from '../../../shared/voice/engines/model-catalogue.ts';

const TODAY = Date.parse('2026-11-21T09:00:00Z');

describe('the catalogue of speech models', () => {
  it('gives the default model and says why another cannot be had', () => {
    const reason = (id: string, day = TODAY): string => {
      try {
        return speechModel(id, day).id;
      } catch (error) {
        return error instanceof SpeechModelError ? error.message : String(error);
      }
    };
    expect([
      reason(DEFAULT_SPEECH_MODEL_ID),
      reason('amazon.nova-sonic-v1:0'),
      reason('amazon.nova-sonic-v1:0', Date.parse('2026-01-01')),
      reason('amazon.nova-2-5-sonic', Date.parse('2026-10-04')),
      reason('amazon.nova-9'),
    ]).toEqual([
      'amazon.nova-2-sonic-v1:0',
      'amazon.nova-sonic-v1:0 reached its end of life on 2026-09-14; use amazon.nova-2-sonic-v1:0.',
      'amazon.nova-sonic-v1:0 reached its end of life on 2026-09-14; use amazon.nova-2-sonic-v1:0.',
      'amazon.nova-2-5-sonic is available from 2026-10-05 on, not before.',
      'amazon.nova-9 is not in the catalogue of speech models.',
    ]);
    expect(speechModelsOf('nova-sonic', Date.parse('2026-10-04')).map(({ id }) => id)).toEqual([
      'amazon.nova-2-sonic-v1:0',
    ]);
  });

  it('keeps a wished voice, else one of its language and gender, else the default of the language', () => {
    const nova = speechModel(DEFAULT_SPEECH_MODEL_ID, TODAY);
    const polly = speechModel(CASCADE_MODEL_ID, TODAY);
    expect([
      voiceFor(nova, 'en-US', 'matthew'),
      voiceFor(nova, 'de-DE'),
      voiceFor(nova, 'nl-NL'),
      voiceFor(polly, 'en-US', 'matthew'),
      voiceFor(polly, 'de-DE', 'lennart'),
      voiceFor(polly, 'it-IT', 'tiffany'),
      voiceFor(polly, 'fr-FR', 'nobody'),
    ]).toEqual(['matthew', 'tina', 'tiffany', 'Matthew', 'Daniel', 'Bianca', 'Lea']);
    expect([hasVoice(nova, 'Tiffany'), hasVoice(nova, 'Joanna')]).toEqual([true, false]);
  });

  it('has, for every model, a default voice it really has, and dates and a source', () => {
    for (const model of SPEECH_MODELS) {
      expect(Object.values(model.defaultVoices).filter((name) => !hasVoice(model, name))).toEqual([]);
      expect(Number.isNaN(Date.parse(model.availableFrom) + Date.parse(model.asOf))).toBe(false);
      expect(model.source).toMatch(/^https:/);
    }
  });
});
