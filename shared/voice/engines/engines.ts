import type { Tariff } from '../../calls/prices.ts';
import { type ProviderNetwork, publicNetwork } from '../../providers/provider-network.ts';
import type { SessionClock } from '../session/clock.ts';
import type { VoiceSettings } from '../voice-settings.ts';
import { cascadeEngine } from './cascade/cascade-engine.ts';
import { bedrockMind } from './cascade/llm-bedrock.ts';
import type { ChatModel, SpeechToText, TextToSpeech } from './cascade/ports.ts';
import { type ForeignAccess, foreignEars, foreignMind, foreignMouth } from './cascade/provider-parts.ts';
import { transcribeEars } from './cascade/stt-transcribe.ts';
import { pollyMouth } from './cascade/tts-polly.ts';
import {
  CASCADE_MODEL_ID,
  DEFAULT_REALTIME_MODEL_ID,
  DEFAULT_SPEECH_MODEL_ID,
  isKnownVoice,
  speechModel,
  speechModelsOf,
  voiceFor,
} from './model-catalogue.ts';
import { bedrockSonicConnect } from './nova-sonic/nova-sonic-bedrock.ts';
import { novaSonicEngine, type SonicConnect } from './nova-sonic/nova-sonic-engine.ts';
import { openAiRealtimeEngine } from './openai-realtime/openai-realtime-engine.ts';
import type { SpeechEngine } from './speech-engine.ts';

/** Whose key is wanted, so that a host can look it up. */
export type KeyPurpose = 'openai-realtime' | 'cascade-stt' | 'cascade-llm' | 'cascade-tts';

export interface EngineDependencies {
  readonly clock: SessionClock;
  /** A new UUID. */
  readonly id: () => string;
  /** Fetched for each stream or request, never kept here. Throws `EngineError` `denied` when there is none. */
  readonly apiKey: (purpose: KeyPurpose) => Promise<string>;
  /** Of a Bedrock text model, where the agent's settings name none. */
  readonly defaultTextModelId: string;
  /** The process's Nova Sonic; made from its environment when absent. */
  readonly sonic?: SonicConnect;
  /** Model of Nova Sonic; the catalogue's default when absent. */
  readonly sonicModelId?: string;
  /** The way to services that tenants name; to the public internet only when absent. */
  readonly network?: ProviderNetwork;
  /** Of the Realtime API; OpenAI's when absent. */
  readonly realtimeUrl?: string;
  /** Parts of a cascade in the place of those that the settings name: for a host that has its own. */
  readonly parts?: { readonly stt?: SpeechToText; readonly llm?: ChatModel; readonly tts?: TextToSpeech };
}

/** An engine, and what of `EngineSettings` depends on it. */
export interface ChosenEngine {
  readonly engine: SpeechEngine;
  readonly modelId: string;
  /** The wished voice, or the nearest this engine has. */
  readonly voice: string;
  /** What its usage is priced by. */
  readonly tariff: Tariff;
}

type EngineName = VoiceSettings['engine'];
type Choose = (settings: VoiceSettings, deps: EngineDependencies) => ChosenEngine;

const TARIFF = { speechToText: 'transcribe', textToSpeech: 'polly-neural' } as const;

const novaSonic: Choose = (settings, deps) => {
  const modelId = settings.speech?.model ?? deps.sonicModelId ?? DEFAULT_SPEECH_MODEL_ID;
  const model = speechModel(modelId, deps.clock.now());
  return {
    engine: novaSonicEngine({ connect: deps.sonic ?? bedrockSonicConnect(), clock: deps.clock, promptName: deps.id }),
    modelId,
    voice: voiceFor(model, settings.language, settings.voice),
    tariff: { ...TARIFF, modelId },
  };
};

const realtime: Choose = (settings, deps) => {
  const modelId = settings.speech?.model ?? DEFAULT_REALTIME_MODEL_ID;
  const url = settings.speech?.apiUrl ?? deps.realtimeUrl;
  return {
    engine: openAiRealtimeEngine({
      apiKey: () => deps.apiKey('openai-realtime'),
      clock: deps.clock,
      network: deps.network ?? publicNetwork(),
      ...(url !== undefined && { url }),
    }),
    modelId,
    voice: realtimeVoice(modelId, settings, deps.clock.now()),
    tariff: { ...TARIFF, modelId },
  };
};

/** Models that the catalogue does not list are the tenant's own choice, and so are their voices. */
const realtimeVoice = (modelId: string, { language, voice }: VoiceSettings, todayMs: number): string => {
  const listed = speechModelsOf('openai-realtime', todayMs).find(({ id }) => id === modelId);
  if (listed === undefined && !isKnownVoice(voice)) return voice;
  return voiceFor(listed ?? speechModel(DEFAULT_REALTIME_MODEL_ID, todayMs), language, voice);
};

const access = (purpose: KeyPurpose, { apiKey, network = publicNetwork() }: EngineDependencies): ForeignAccess => ({
  apiKey: () => apiKey(purpose),
  network,
});

const earsOf = ({ stt }: VoiceSettings['cascade'], deps: EngineDependencies): SpeechToText =>
  stt.provider === 'transcribe' ? transcribeEars() : foreignEars(stt, access('cascade-stt', deps));

const mindOf = ({ llm }: VoiceSettings['cascade'], deps: EngineDependencies): ChatModel =>
  llm.provider === 'bedrock'
    ? bedrockMind({ modelId: llm.modelId ?? deps.defaultTextModelId })
    : foreignMind(llm, access('cascade-llm', deps));

const mouthOf = ({ tts }: VoiceSettings['cascade'], deps: EngineDependencies): TextToSpeech =>
  tts.provider === 'polly' ? pollyMouth({ engine: tts.engine }) : foreignMouth(tts, access('cascade-tts', deps));

/** The part's own voice first; a service of the tenant's has voices whose names only the tenant knows. */
const cascadeVoice = ({ cascade: { tts }, language, voice }: VoiceSettings, todayMs: number): string => {
  const wished = tts.voice ?? voice;
  if (tts.provider === 'elevenlabs' || tts.provider === 'async.ai') return tts.voice;
  if (tts.provider === 'openai-compatible' && (tts.voice !== undefined || !isKnownVoice(voice))) return wished;
  const voices = speechModel(tts.provider === 'polly' ? CASCADE_MODEL_ID : DEFAULT_REALTIME_MODEL_ID, todayMs);
  return voiceFor(voices, language, wished);
};

const cascade: Choose = (settings, deps) => {
  const { stt, llm, tts } = settings.cascade;
  const modelId = llm.provider === 'bedrock' ? (llm.modelId ?? deps.defaultTextModelId) : llm.model;
  return {
    engine: cascadeEngine({
      stt: deps.parts?.stt ?? earsOf(settings.cascade, deps),
      llm: deps.parts?.llm ?? mindOf(settings.cascade, deps),
      tts: deps.parts?.tts ?? mouthOf(settings.cascade, deps),
      clock: deps.clock,
    }),
    modelId,
    voice: cascadeVoice(settings, deps.clock.now()),
    tariff: {
      modelId,
      speechToText: stt.provider,
      textToSpeech: tts.provider === 'polly' ? `polly-${tts.engine}` : tts.provider,
    },
  };
};

const CHOOSE: Readonly<Record<EngineName, Choose>> = {
  'nova-sonic': novaSonic,
  'openai-realtime': realtime,
  cascade,
};

/** The engine that an agent's settings name. Throws `SpeechModelError` when its model can no longer be used. */
export const engineOf = (settings: VoiceSettings, deps: EngineDependencies): ChosenEngine =>
  CHOOSE[settings.engine](settings, deps);

/** What a call falls to when that engine fails in its middle; undefined: the agent wants no other, or speaks through it already. */
export const fallbackOf = (settings: VoiceSettings, deps: EngineDependencies): ChosenEngine | undefined =>
  settings.fallback === 'cascade' && settings.engine !== 'cascade' ? cascade(settings, deps) : undefined;
