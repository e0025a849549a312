import * as z from 'zod';
import { PROVIDER_SAMPLE_RATES_HERTZ } from '../providers/provider-names.ts';
import { TransferSettings } from '../transfer/transfer-settings.ts';

const Engine = z.enum(['nova-sonic', 'openai-realtime', 'cascade']);

/** Whether we go there is asked where it is written down (`demandSafeAddresses`) and again at each connection. */
const ApiUrl = z.url({ protocol: /^https?$/ }).max(2048);
const SocketUrl = z.url({ protocol: /^wss?$/ }).max(2048);
const Model = z.string().min(1).max(256);
const Path = z.string().min(1).max(512);
const SampleRate = z.literal(PROVIDER_SAMPLE_RATES_HERTZ);
/** Overrides the call's voice: the part's provider has voices of its own. */
const Voice = z.string().min(1).max(256);

/** A provider of one part of the cascade; where it needs a key, the key is in Secrets Manager, never here. */
const SpeechToText = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('transcribe') }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    apiUrl: ApiUrl,
    path: Path.optional(),
    model: Model,
  }),
  z.strictObject({
    provider: z.literal('whisper-websocket'),
    apiUrl: SocketUrl,
    path: Path.optional(),
    model: Model.optional(),
    sampleRateHertz: SampleRate.default(16_000),
  }),
  z.strictObject({
    provider: z.literal('elevenlabs'),
    apiUrl: ApiUrl.default('https://api.elevenlabs.io'),
    model: Model.default('scribe_v1'),
  }),
]);

/** Of the cascade, and of written answers. */
export const LanguageModel = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('bedrock'), modelId: Model.optional() }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    apiUrl: ApiUrl,
    completionsPath: Path.optional(),
    model: Model,
  }),
]);

const TextToSpeech = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('polly'),
    engine: z.enum(['neural', 'generative']).default('neural'),
    voice: Voice.optional(),
  }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    apiUrl: ApiUrl,
    path: Path.optional(),
    model: Model,
    voice: Voice.optional(),
    sampleRateHertz: SampleRate.optional(),
  }),
  z.strictObject({
    provider: z.literal('elevenlabs'),
    apiUrl: ApiUrl.default('https://api.elevenlabs.io'),
    model: Model.default('eleven_flash_v2_5'),
    voice: Voice,
    sampleRateHertz: SampleRate.default(24_000),
  }),
  z.strictObject({
    provider: z.literal('async.ai'),
    apiUrl: ApiUrl.default('https://api.async.ai'),
    model: Model.default('asyncflow_v2.0'),
    voice: Voice,
    sampleRateHertz: SampleRate.default(24_000),
  }),
]);

/** How an agent speaks: `PUT /agents/{agentId}/voice`. Stored with the agent's row; every field has a default. */
export const VoiceSettings = z.strictObject({
  engine: Engine.default('nova-sonic'),
  /** Of speech to speech, where it is not the stage's own. */
  speech: z.strictObject({ model: Model.optional(), apiUrl: SocketUrl.optional() }).optional(),
  /** What a call falls to when speech-to-speech fails in its middle. */
  fallback: z.enum(['cascade', 'none']).default('cascade'),
  /** A name of the engine's; unknown ones are refused when the settings are written. */
  voice: z.string().min(1).max(64).default('tiffany'),
  language: z
    .string()
    .regex(/^[a-z]{2}-[A-Z]{2}$/)
    .default('en-US'),
  endpointing: z.enum(['low', 'medium', 'high']).default('medium'),
  /** Said first; without it the agent's own greeting from `prompt.md`. */
  greeting: z.string().trim().min(1).max(500).optional(),
  cascade: z
    .strictObject({
      stt: SpeechToText.default({ provider: 'transcribe' }),
      llm: LanguageModel.default({ provider: 'bedrock' }),
      tts: TextToSpeech.default({ provider: 'polly', engine: 'neural' }),
    })
    .prefault({}),
  recording: z
    .strictObject({
      /** Only with the caller's consent in `session.start`, or after the spoken notice on the phone. */
      enabled: z.boolean().default(false),
      retentionDays: z.int().min(1).max(3650).default(30),
    })
    .prefault({}),
  /** Where callers go on who are passed on to a person; without it the call ends there. */
  transfer: TransferSettings.optional(),
  /** US dollars; beyond it the call is steered to its end. */
  callBudgetUsd: z.number().positive().max(100).default(2),
  maxCallMinutes: z.int().min(1).max(480).default(120),
});
export type VoiceSettings = z.output<typeof VoiceSettings>;
