import * as z from 'zod';

const Engine = z.enum(['nova-sonic', 'openai-realtime', 'cascade']);

/** A provider of one part of the cascade; where it needs a key, the key is in Secrets Manager, never here. */
const SpeechToText = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('transcribe') }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    apiUrl: z.url({ protocol: /^https$/ }),
    model: z.string().min(1).max(128),
  }),
]);

const LanguageModel = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('bedrock'), modelId: z.string().min(1).max(256).optional() }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    apiUrl: z.url({ protocol: /^https$/ }),
    model: z.string().min(1).max(128),
  }),
]);

const TextToSpeech = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('polly'), engine: z.enum(['neural', 'generative']).default('neural') }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    apiUrl: z.url({ protocol: /^https$/ }),
    model: z.string().min(1).max(128),
  }),
]);

/** How an agent speaks: `PUT /agents/{agentId}/voice`. Stored with the agent's row; every field has a default. */
export const VoiceSettings = z.strictObject({
  engine: Engine.default('nova-sonic'),
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
  /** US dollars; beyond it the call is steered to its end. */
  callBudgetUsd: z.number().positive().max(100).default(2),
  maxCallMinutes: z.int().min(1).max(480).default(120),
});
export type VoiceSettings = z.output<typeof VoiceSettings>;
