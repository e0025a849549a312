import type { ProviderName, ProviderPart } from '../../../shared/providers/provider-names.ts';

/** What can be said about a provider, besides its key. */
export const PROVIDER_FIELDS = ['model', 'voice', 'apiUrl', 'completionsPath', 'path', 'sampleRateHertz'] as const;
export type ProviderField = (typeof PROVIDER_FIELDS)[number];

interface ProviderInfo {
  readonly label: string;
  readonly fields: readonly ProviderField[];
  /** Fields that it cannot do without. */
  readonly needs: readonly ProviderField[];
  readonly hasKey: boolean;
  /** What holds where a field is left empty. */
  readonly usual: Readonly<Partial<Record<ProviderField, string>>>;
}

const ours = (label: string, fields: readonly ProviderField[], usual: ProviderInfo['usual'] = {}): ProviderInfo => ({
  label,
  fields,
  needs: [],
  hasKey: false,
  usual,
});
const theirs = (
  label: string,
  fields: readonly ProviderField[],
  needs: readonly ProviderField[],
  usual: ProviderInfo['usual'] = {},
): ProviderInfo => ({ label, fields, needs, hasKey: true, usual });

/** Every provider of each part with the fields it has: what `PUT /agents/{agentId}/providers` takes for it. */
export const PROVIDER_TABLE: {
  readonly [Part in ProviderPart]: Readonly<Record<ProviderName<Part>, ProviderInfo>>;
} = {
  speech: {
    'nova-sonic': ours('Amazon Nova Sonic', ['model', 'voice'], { model: 'the newest', voice: 'tiffany' }),
    'openai-realtime': theirs('OpenAI Realtime', ['model', 'voice', 'apiUrl'], [], {
      apiUrl: 'wss://api.openai.com/v1/realtime',
    }),
    cascade: ours('Cascade: ears, language model and voice below', ['voice']),
  },
  llm: {
    bedrock: ours('Amazon Bedrock', ['model'], { model: 'the agent’s own' }),
    'openai-compatible': theirs('OpenAI-compatible', ['apiUrl', 'completionsPath', 'model'], ['apiUrl', 'model'], {
      completionsPath: '/chat/completions',
    }),
  },
  tts: {
    polly: ours('Amazon Polly', ['model', 'voice'], { model: 'neural', voice: 'that of the call' }),
    elevenlabs: theirs('ElevenLabs', ['voice', 'model', 'sampleRateHertz', 'apiUrl'], ['voice'], {
      model: 'eleven_flash_v2_5',
      sampleRateHertz: '24000',
      apiUrl: 'https://api.elevenlabs.io',
    }),
    'async.ai': theirs('async.ai', ['voice', 'model', 'sampleRateHertz', 'apiUrl'], ['voice'], {
      model: 'asyncflow_v2.0',
      sampleRateHertz: '24000',
      apiUrl: 'https://api.async.ai',
    }),
    'openai-compatible': theirs(
      'OpenAI-compatible',
      ['apiUrl', 'path', 'model', 'voice', 'sampleRateHertz'],
      ['apiUrl', 'model'],
    ),
  },
  stt: {
    transcribe: ours('Amazon Transcribe', []),
    'whisper-websocket': theirs('Whisper over WebSocket', ['apiUrl', 'path', 'model', 'sampleRateHertz'], ['apiUrl'], {
      sampleRateHertz: '16000',
    }),
    'openai-compatible': theirs('OpenAI-compatible', ['apiUrl', 'path', 'model'], ['apiUrl', 'model']),
    elevenlabs: theirs('ElevenLabs', ['model', 'apiUrl'], [], {
      model: 'scribe_v1',
      apiUrl: 'https://api.elevenlabs.io',
    }),
  },
};

export const PARTS = ['speech', 'llm', 'tts', 'stt'] as const satisfies readonly ProviderPart[];

export const PART_NAMES: Readonly<Record<ProviderPart, string>> = {
  speech: 'Speech to speech',
  llm: 'Language model',
  tts: 'Voice (text to speech)',
  stt: 'Ears (speech to text)',
};

const NO_INFO: ProviderInfo = { label: '', fields: [], needs: [], hasKey: false, usual: {} };

/** What is known of a provider; one that is newer than this page has no fields. */
export const providerInfo = (part: ProviderPart, provider: string): ProviderInfo => {
  const known: Readonly<Record<string, ProviderInfo>> = PROVIDER_TABLE[part];
  return known[provider] ?? { ...NO_INFO, label: provider };
};
