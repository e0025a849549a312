import { pointer } from '../../http/pointer.ts';
import { refused } from '../../kernel/problems.ts';
import { hasVoice, type SpeechModel, speechModelsOf, voiceFor } from '../engines/model-catalogue.ts';
import type { VoiceSettings } from '../voice-settings.ts';

/** Settings as they were asked for: without a voice the engine's own for the language is meant. */
export type AskedSettings = Omit<VoiceSettings, 'voice'> & { readonly voice?: string | undefined };

/**
 * The settings with a voice, when some model of the engine that is in service on this day (Unix milliseconds) speaks so.
 * A provider of the tenant's own has voices and languages that we cannot know. Throws `invalid-request`.
 */
export const speakable = ({ voice, ...settings }: AskedSettings, todayMs: number): VoiceSettings => {
  const { engine, language, cascade } = settings;
  const models = speechModelsOf(engine, todayMs);
  if (engine === 'cascade' && cascade.tts.provider !== 'polly') {
    return {
      ...settings,
      voice: voice ?? cascade.tts.voice ?? models.map((model) => voiceFor(model, language))[0] ?? 'alloy',
    };
  }
  const speaking = models.filter((model) => languagesOf(model).some((one) => one === language || one === '*'));
  const [model] = speaking;
  if (model === undefined) throw notKnown('language', language, models.flatMap(languagesOf));
  if (voice !== undefined && !speaking.some((one) => hasVoice(one, voice))) {
    throw notKnown(
      'voice',
      voice,
      speaking.flatMap(({ voices }) => voices.map(({ name }) => name)),
    );
  }
  return { ...settings, voice: voiceFor(model, language, voice) };
};

const languagesOf = ({ voices }: SpeechModel): string[] => voices.map(({ language }) => language);

const notKnown = (field: 'voice' | 'language', wish: string, known: readonly string[]): Error =>
  refused([
    {
      pointer: pointer(field),
      message: `The engine has no ${field} "${wish}"; it has ${[...new Set(known)].join(', ')}.`,
      code: 'invalid-request',
    },
  ]);
