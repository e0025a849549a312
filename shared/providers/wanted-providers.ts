import { pointer } from '../http/pointer.ts';
import { refused } from '../kernel/problems.ts';
import { CASCADE_MODEL_ID, hasVoice, speechModel, speechModelsOf } from '../voice/engines/model-catalogue.ts';
import type { KeyedProvider } from '../voice/settings/provider-keys.ts';
import { speakable } from '../voice/settings/speakable.ts';
import { VoiceSettings } from '../voice/voice-settings.ts';
import { PROVIDER_PARTS, type ProviderPart } from './provider-names.ts';
import type { ProviderConfig, PutProvidersBody } from './provider-requests.ts';

/** A part as it was asked for, in our words. */
export interface WantedPart {
  readonly provider: string;
  readonly model?: string | undefined;
  readonly voice?: string | undefined;
  readonly sampleRateHertz?: number | undefined;
  readonly apiUrl?: string | undefined;
  readonly completionsPath?: string | undefined;
  readonly path?: string | undefined;
  /** Undefined stays, null is removed. */
  readonly apiKey?: string | null | undefined;
}

/** Which of an agent's keys a part's is. */
export const KEY_OF_PART: Readonly<Record<ProviderPart, KeyedProvider>> = {
  speech: 'openai',
  llm: 'llm',
  tts: 'tts',
  stt: 'stt',
};

/** Names of the agent manager's documents, and of companies, with where their services are. */
const KNOWN: Readonly<Record<ProviderPart, Readonly<Record<string, Omit<WantedPart, 'apiKey'>>>>> = {
  speech: { openai: { provider: 'openai-realtime' }, 'openai.com': { provider: 'openai-realtime' } },
  llm: {
    'groq.com': {
      provider: 'openai-compatible',
      apiUrl: 'https://api.groq.com',
      completionsPath: '/openai/v1/chat/completions',
    },
    openai: { provider: 'openai-compatible', apiUrl: 'https://api.openai.com/v1' },
    'openai.com': { provider: 'openai-compatible', apiUrl: 'https://api.openai.com/v1' },
  },
  tts: {
    'openai.com': { provider: 'openai-compatible', apiUrl: 'https://api.openai.com/v1' },
    'elevenlabs.io': { provider: 'elevenlabs' },
    'async.com': { provider: 'async.ai' },
  },
  stt: {
    'openai.com': { provider: 'openai-compatible', apiUrl: 'https://api.openai.com/v1' },
    'elevenlabs.io': { provider: 'elevenlabs' },
    'whisper.local': { provider: 'whisper-websocket' },
  },
};

/** One part in our words, whichever it was written in. A language model of any name is OpenAI-compatible where it says its address. */
export const wantedPart = (part: ProviderPart, asked: ProviderConfig): WantedPart => {
  const known = KNOWN[part][asked.provider];
  const apiUrl = asked.apiUrl ?? asked.api_url ?? asked.url ?? known?.apiUrl;
  const isForeignMind = part === 'llm' && asked.provider !== 'bedrock' && apiUrl !== undefined;
  return {
    provider: known?.provider ?? (isForeignMind ? 'openai-compatible' : asked.provider),
    model: asked.model ?? asked.model_id,
    voice: asked.voice ?? asked.voice_id,
    sampleRateHertz: asked.sampleRateHertz ?? asked.sample_rate,
    apiUrl,
    completionsPath: asked.completionsPath ?? asked.completions_path ?? known?.completionsPath,
    path: asked.path,
    apiKey: asked.apiKey === undefined ? asked.api_key : asked.apiKey,
  };
};

export type WantedParts = Readonly<Partial<Record<ProviderPart, WantedPart | null>>>;

/** The parts of a body; null brings a default back. */
export const wantedParts = (body: PutProvidersBody): WantedParts =>
  Object.fromEntries(
    PROVIDER_PARTS.flatMap((part) => {
      const asked = body[part] === undefined ? body[`${part}_provider_config`] : body[part];
      if (asked === undefined) return [];
      return [[part, asked === null ? null : wantedPart(part, asked)]];
    }),
  );

const wrong = (message: string, ...path: string[]): Error =>
  refused([{ pointer: pointer(...path), message, code: 'invalid-request' }]);

/** What VoiceSettings call the members of each part. */
const FIELDS: Readonly<Record<Exclude<ProviderPart, 'speech'>, (wanted: WantedPart) => object>> = {
  llm: ({ provider, model, apiUrl, completionsPath }) =>
    provider === 'bedrock' ? { provider, modelId: model } : { provider, model, apiUrl, completionsPath },
  tts: ({ provider, model, voice, apiUrl, path, sampleRateHertz }) =>
    provider === 'polly'
      ? { provider, engine: model, voice }
      : { provider, model, voice, apiUrl, path, sampleRateHertz },
  stt: ({ provider, model, apiUrl, path, sampleRateHertz }) =>
    provider === 'transcribe' ? { provider } : { provider, model, apiUrl, path, sampleRateHertz },
};

const definedOnly = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** Throws `invalid-request` that names the members of the part as the body has them. */
const cascadePart = <Part extends Exclude<ProviderPart, 'speech'>>(
  part: Part,
  wanted: WantedPart,
): VoiceSettings['cascade'][Part] => {
  const parsed = VoiceSettings.shape.cascade.safeParse({ [part]: definedOnly(FIELDS[part](wanted)) });
  if (parsed.success) return parsed.data[part];
  const [first, ...rest] = parsed.error.issues.map(({ path, message }) => ({
    pointer: pointer(
      part,
      ...path.slice(1).map((name) => (name === 'modelId' || name === 'engine' ? 'model' : String(name))),
    ),
    message:
      path.length < 2 || path[1] === 'provider'
        ? `There is no such provider of ${part}: "${wanted.provider}".`
        : message,
    code: 'invalid-request' as const,
  }));
  throw refused([
    first ?? { pointer: pointer(part), message: 'This is no provider.', code: 'invalid-request' },
    ...rest,
  ]);
};

const SPEECH_DEFAULT: WantedPart = { provider: 'nova-sonic' };

/** The engine, with a voice it has and a model that is in service. Throws `invalid-request`. */
const withSpeech = (settings: VoiceSettings, wanted: WantedPart, todayMs: number): VoiceSettings => {
  const engine = VoiceSettings.shape.engine.safeParse(wanted.provider);
  if (!engine.success) throw wrong(`There is no such provider of speech: "${wanted.provider}".`, 'speech', 'provider');
  const { voice: _voice, speech: _speech, ...rest } = settings;
  const { model, voice, apiUrl } = wanted;
  if (model !== undefined && engine.data === 'nova-sonic') demandSonic(model, todayMs);
  if (apiUrl !== undefined && !/^wss?:/.test(apiUrl)) {
    throw wrong('Speech to speech goes over wss://.', 'speech', 'apiUrl');
  }
  const speech = { ...(model === undefined ? {} : { model }), ...(apiUrl === undefined ? {} : { apiUrl }) };
  return {
    ...speakable({ ...rest, engine: engine.data, voice }, todayMs),
    ...(model === undefined && apiUrl === undefined ? {} : { speech }),
  };
};

const demandSonic = (model: string, todayMs: number): void => {
  const models = speechModelsOf('nova-sonic', todayMs).map(({ id }) => id);
  if (!models.includes(model))
    throw wrong(`Nova Sonic has no model "${model}"; it has ${models.join(', ')}.`, 'speech', 'model');
};

/** Polly's voices are known; those of others are theirs to judge. */
const demandVoice = ({ tts }: VoiceSettings['cascade'], todayMs: number): void => {
  if (tts.provider !== 'polly' || tts.voice === undefined) return;
  const polly = speechModel(CASCADE_MODEL_ID, todayMs);
  if (hasVoice(polly, tts.voice)) return;
  throw wrong(
    `Polly has no neural voice "${tts.voice}"; it has ${polly.voices.map(({ name }) => name).join(', ')}.`,
    'tts',
    'voice',
  );
};

/**
 * The settings with other providers; what is not wanted stays. `todayMs` (Unix milliseconds) decides which models there
 * are. Throws `invalid-request`.
 */
export const withProviders = (settings: VoiceSettings, wanted: WantedParts, todayMs: number): VoiceSettings => {
  const defaults = VoiceSettings.shape.cascade.parse({});
  const partOf = <Part extends Exclude<ProviderPart, 'speech'>>(part: Part): VoiceSettings['cascade'][Part] => {
    const asked = wanted[part];
    if (asked === undefined) return settings.cascade[part];
    return asked === null ? defaults[part] : cascadePart(part, asked);
  };
  const cascade = { stt: partOf('stt'), llm: partOf('llm'), tts: partOf('tts') };
  demandVoice(cascade, todayMs);
  const next = { ...settings, cascade };
  return wanted.speech === undefined ? next : withSpeech(next, wanted.speech ?? SPEECH_DEFAULT, todayMs);
};
