/** What of an agent may be somebody's service: speech to speech, and the parts of the cascade. */
export const PROVIDER_PARTS = ['speech', 'llm', 'tts', 'stt'] as const;
export type ProviderPart = (typeof PROVIDER_PARTS)[number];

/** Whom each part can be given to. */
export const PROVIDERS = {
  speech: ['nova-sonic', 'openai-realtime', 'cascade'],
  llm: ['bedrock', 'openai-compatible'],
  tts: ['polly', 'elevenlabs', 'async.ai', 'openai-compatible'],
  stt: ['transcribe', 'whisper-websocket', 'openai-compatible', 'elevenlabs'],
} as const satisfies Record<ProviderPart, readonly string[]>;

export type ProviderName<Part extends ProviderPart = ProviderPart> = (typeof PROVIDERS)[Part][number];

/** Sample rates that some provider speaks or hears. */
export const PROVIDER_SAMPLE_RATES_HERTZ = [8000, 16_000, 22_050, 24_000, 44_100, 48_000] as const;
