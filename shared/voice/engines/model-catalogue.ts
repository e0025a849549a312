import type { Endpointing } from './speech-engine.ts';

export type VoiceGender = 'female' | 'male' | 'neutral';

export interface ModelVoice {
  /** As the provider calls it. */
  readonly name: string;
  /** The language it speaks natively; `*` for a voice at home in any. */
  readonly language: string;
  readonly gender: VoiceGender;
}

/** What one stream may hold; `undefined` where the provider states no limit. */
export interface ModelLimits {
  readonly maxStreamMs: number | undefined;
  /** Concurrent streams of an account. */
  readonly maxStreams: number | undefined;
  readonly maxHistoryBytes: number | undefined;
  readonly maxTextBytes: number | undefined;
  readonly maxHistoryMessages: number | undefined;
}

export interface SpeechModel {
  readonly id: string;
  readonly engine: 'nova-sonic' | 'openai-realtime' | 'cascade';
  readonly provider: 'bedrock' | 'openai' | 'polly';
  /** UTC days, `2026-10-05`. */
  readonly availableFrom: string;
  readonly endOfLife: string | undefined;
  /** AWS regions; none: not bound to one. */
  readonly regions: readonly string[];
  readonly voices: readonly ModelVoice[];
  /** By language; `*` for every other. */
  readonly defaultVoices: Readonly<Record<string, string>>;
  readonly endpointing: readonly Endpointing[];
  readonly limits: ModelLimits;
  readonly source: string;
  /** When the source was read. */
  readonly asOf: string;
}

export const DEFAULT_SPEECH_MODEL_ID = 'amazon.nova-2-sonic-v1:0';
export const DEFAULT_REALTIME_MODEL_ID = 'gpt-realtime';
/** Amazon Polly's neural voices, as the mouth of the cascade. */
export const CASCADE_MODEL_ID = 'polly-neural';

const voice = (name: string, language: string, gender: VoiceGender): ModelVoice => ({ name, language, gender });

/** nova2-userguide `sonic-input-events` (names) and `sonic-language-support` (languages; genders from memory). */
const NOVA_2_VOICES: readonly ModelVoice[] = [
  voice('tiffany', 'en-US', 'female'),
  voice('matthew', 'en-US', 'male'),
  voice('amy', 'en-GB', 'female'),
  voice('olivia', 'en-AU', 'female'),
  voice('kiara', 'en-IN', 'female'),
  voice('arjun', 'en-IN', 'male'),
  voice('ambre', 'fr-FR', 'female'),
  voice('florian', 'fr-FR', 'male'),
  voice('beatrice', 'it-IT', 'female'),
  voice('lorenzo', 'it-IT', 'male'),
  voice('tina', 'de-DE', 'female'),
  voice('lennart', 'de-DE', 'male'),
  voice('lupe', 'es-US', 'female'),
  voice('carlos', 'es-US', 'male'),
  voice('carolina', 'pt-BR', 'female'),
  voice('leo', 'pt-BR', 'male'),
  voice('kiara', 'hi-IN', 'female'),
  voice('arjun', 'hi-IN', 'male'),
];

const NOVA_2_DEFAULTS: Readonly<Record<string, string>> = {
  'en-US': 'tiffany',
  'en-GB': 'amy',
  'en-AU': 'olivia',
  'en-IN': 'kiara',
  'fr-FR': 'ambre',
  'it-IT': 'beatrice',
  'de-DE': 'tina',
  'es-US': 'lupe',
  'pt-BR': 'carolina',
  'hi-IN': 'kiara',
  // Tiffany is one of the voices that speak every language of the model.
  '*': 'tiffany',
};

/** Quotas as AWS and its samples state them, read 2026-11: 8 minutes a connection, 20 streams an account, history as below. */
const NOVA_2_LIMITS: ModelLimits = {
  maxStreamMs: 480_000,
  maxStreams: 20,
  maxHistoryBytes: 40 * 1024,
  maxTextBytes: 1024,
  maxHistoryMessages: 40,
};

const UNLIMITED: ModelLimits = {
  maxStreamMs: undefined,
  maxStreams: undefined,
  maxHistoryBytes: undefined,
  maxTextBytes: undefined,
  maxHistoryMessages: undefined,
};

const REALTIME_VOICES: readonly ModelVoice[] = [
  voice('marin', '*', 'female'),
  voice('cedar', '*', 'male'),
  voice('alloy', '*', 'neutral'),
  voice('ash', '*', 'male'),
  voice('ballad', '*', 'male'),
  voice('coral', '*', 'female'),
  voice('echo', '*', 'male'),
  voice('sage', '*', 'female'),
  voice('shimmer', '*', 'female'),
  voice('verse', '*', 'male'),
];

/** One or two neural voices a language (Polly developer guide, "Neural voices"; from memory). */
const POLLY_VOICES: readonly ModelVoice[] = [
  voice('Joanna', 'en-US', 'female'),
  voice('Matthew', 'en-US', 'male'),
  voice('Amy', 'en-GB', 'female'),
  voice('Arthur', 'en-GB', 'male'),
  voice('Olivia', 'en-AU', 'female'),
  voice('Kajal', 'en-IN', 'female'),
  voice('Kajal', 'hi-IN', 'female'),
  voice('Lea', 'fr-FR', 'female'),
  voice('Remi', 'fr-FR', 'male'),
  voice('Bianca', 'it-IT', 'female'),
  voice('Adriano', 'it-IT', 'male'),
  voice('Vicki', 'de-DE', 'female'),
  voice('Daniel', 'de-DE', 'male'),
  voice('Lupe', 'es-US', 'female'),
  voice('Pedro', 'es-US', 'male'),
  voice('Lucia', 'es-ES', 'female'),
  voice('Sergio', 'es-ES', 'male'),
  voice('Camila', 'pt-BR', 'female'),
  voice('Thiago', 'pt-BR', 'male'),
];

/** Of each language the voice that is named first. */
const firstVoices = (voices: readonly ModelVoice[], otherwise: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries([...voices].reverse().map(({ language, name }) => [language, name])),
  '*': otherwise,
});

const ENDPOINTING: readonly Endpointing[] = ['low', 'medium', 'high'];

export const SPEECH_MODELS: readonly SpeechModel[] = [
  {
    id: DEFAULT_SPEECH_MODEL_ID,
    engine: 'nova-sonic',
    provider: 'bedrock',
    availableFrom: '2025-12-02',
    endOfLife: undefined,
    // From memory: the launch regions.
    regions: ['us-east-1', 'us-west-2', 'ap-northeast-1', 'eu-north-1'],
    voices: NOVA_2_VOICES,
    defaultVoices: NOVA_2_DEFAULTS,
    endpointing: ENDPOINTING,
    limits: NOVA_2_LIMITS,
    source: 'https://docs.aws.amazon.com/nova/latest/nova2-userguide/sonic-language-support.html',
    asOf: '2026-11-20',
  },
  {
    id: 'amazon.nova-2-5-sonic',
    engine: 'nova-sonic',
    provider: 'bedrock',
    availableFrom: '2026-10-05',
    endOfLife: undefined,
    regions: ['us-east-1'],
    // Voices and limits are taken to be those of Nova 2: nothing else is published in what we read.
    voices: NOVA_2_VOICES,
    defaultVoices: NOVA_2_DEFAULTS,
    endpointing: ENDPOINTING,
    limits: NOVA_2_LIMITS,
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html',
    asOf: '2026-11-20',
  },
  {
    id: DEFAULT_REALTIME_MODEL_ID,
    engine: 'openai-realtime',
    provider: 'openai',
    availableFrom: '2025-08-28',
    endOfLife: undefined,
    regions: [],
    voices: REALTIME_VOICES,
    defaultVoices: { '*': 'marin' },
    endpointing: ENDPOINTING,
    // From memory: a session ends after an hour.
    limits: { ...UNLIMITED, maxStreamMs: 3_600_000 },
    source: 'https://developers.openai.com/api/docs/guides/realtime',
    asOf: '2026-11-20',
  },
  {
    id: CASCADE_MODEL_ID,
    engine: 'cascade',
    provider: 'polly',
    availableFrom: '2019-07-30',
    endOfLife: undefined,
    regions: [],
    voices: POLLY_VOICES,
    defaultVoices: firstVoices(POLLY_VOICES, 'Joanna'),
    endpointing: ENDPOINTING,
    limits: UNLIMITED,
    source: 'https://docs.aws.amazon.com/polly/latest/dg/neural-voices.html',
    asOf: '2026-11-20',
  },
];

/** Models of before, so that whoever still names one is told what happened to it. Never used, whatever the date. */
const ENDED_MODELS: Readonly<Record<string, { readonly endOfLife: string; readonly successor: string }>> = {
  // Bedrock model card of Nova Sonic, read 2026-11.
  'amazon.nova-sonic-v1:0': { endOfLife: '2026-09-14', successor: DEFAULT_SPEECH_MODEL_ID },
};

/** The settings name a model that nobody can speak with (any more, yet, or ever). */
export class SpeechModelError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SpeechModelError';
  }
}

/** The model, if it can be used on this day (Unix milliseconds). Throws `SpeechModelError`. */
export const speechModel = (id: string, todayMs: number): SpeechModel => {
  const ended = ENDED_MODELS[id];
  if (ended) {
    throw new SpeechModelError(`${id} reached its end of life on ${ended.endOfLife}; use ${ended.successor}.`);
  }
  const model = SPEECH_MODELS.find((candidate) => candidate.id === id);
  if (!model) throw new SpeechModelError(`${id} is not in the catalogue of speech models.`);
  if (todayMs < Date.parse(model.availableFrom)) {
    throw new SpeechModelError(`${id} is available from ${model.availableFrom} on, not before.`);
  }
  if (model.endOfLife !== undefined && todayMs >= Date.parse(model.endOfLife)) {
    throw new SpeechModelError(`${id} reached its end of life on ${model.endOfLife}.`);
  }
  return model;
};

/** The models of an engine that can be used on this day. */
export const speechModelsOf = (engine: SpeechModel['engine'], todayMs: number): readonly SpeechModel[] =>
  SPEECH_MODELS.filter(
    (model) =>
      model.engine === engine &&
      todayMs >= Date.parse(model.availableFrom) &&
      (model.endOfLife === undefined || todayMs < Date.parse(model.endOfLife)),
  );

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Whether the model has a voice of this name, in upper or lower case. */
export const hasVoice = (model: SpeechModel, name: string): boolean =>
  model.voices.some((candidate) => sameName(candidate.name, name));

const genderOf = (name: string): VoiceGender | undefined =>
  SPEECH_MODELS.flatMap(({ voices }) => voices).find((candidate) => sameName(candidate.name, name))?.gender;

/** Whether any model of the catalogue has this voice. */
export const isKnownVoice = (name: string): boolean => SPEECH_MODELS.some((model) => hasVoice(model, name));

/**
 * The voice a model speaks a language with: the wished one if it has it, else one of that language and of the wished
 * voice's gender (a call that falls to another engine should not change its sex), else the default of the language.
 */
export const voiceFor = (model: SpeechModel, language: string, wished?: string): string => {
  const own = model.voices.filter(({ name }) => wished !== undefined && sameName(name, wished));
  const speaking = own.find((candidate) => candidate.language === language || candidate.language === '*');
  // Voices of speech-to-speech speak every language of their model; Polly's read a foreign one with their own sounds.
  const kept = model.provider === 'polly' ? speaking : (speaking ?? own[0]);
  if (kept) return kept.name;
  const fitting = model.voices.filter((candidate) => candidate.language === language || candidate.language === '*');
  const gender = wished === undefined ? undefined : genderOf(wished);
  const alike = gender === undefined ? undefined : fitting.find((candidate) => candidate.gender === gender);
  const fallback = model.defaultVoices[language] ?? model.defaultVoices['*'];
  const found = alike?.name ?? fallback ?? model.voices[0]?.name;
  if (found === undefined) throw new SpeechModelError(`${model.id} has no voices.`);
  return found;
};
