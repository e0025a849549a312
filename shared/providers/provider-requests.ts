import * as z from 'zod';
import { PROVIDER_PARTS, PROVIDER_SAMPLE_RATES_HERTZ } from './provider-names.ts';

const Url = z.url({ protocol: /^(?:https?|wss?)$/ }).max(2048);
const Path = z
  .string()
  .regex(/^\/?[A-Za-z0-9._~/%{}?&=:@!$'()*+,;-]*$/)
  .max(512);
const Name = z.string().trim().min(1).max(256);
/** Visible ASCII, as goes into a header. */
const Key = z.string().regex(/^[\x21-\x7e]{8,512}$/, '8 to 512 visible ASCII characters.');
const SampleRate = z.literal(PROVIDER_SAMPLE_RATES_HERTZ);

/** One part as it is asked for, in our words or in those of the agent manager's documents. */
export const ProviderConfig = z
  .strictObject({
    provider: z.string().trim().min(1).max(64).meta({
      description:
        'Speech: nova-sonic, openai-realtime, cascade. Language model: bedrock, openai-compatible. Voice: polly, elevenlabs, async.ai, openai-compatible. Ears: transcribe, whisper-websocket, openai-compatible, elevenlabs. Names of the agent manager (groq.com, openai.com, whisper.local) are understood.',
      example: 'openai-compatible',
    }),
    model: Name.optional().meta({ example: 'llama-3.1-8b-instant' }),
    voice: Name.optional().meta({ description: 'A name or id of the provider’s.', example: 'Joanna' }),
    sampleRateHertz: SampleRate.optional().meta({ description: 'Of the audio the provider gives or takes.' }),
    apiUrl: Url.optional().meta({
      description: 'Base address of the service, reachable from the internet. Redirects are not followed.',
      example: 'https://api.groq.com',
    }),
    completionsPath: Path.optional().meta({
      description: 'Of a language model: path of `chat/completions` below `apiUrl`.',
      example: '/openai/v1/chat/completions',
    }),
    path: Path.optional().meta({
      description: 'Of ears and voice: path below `apiUrl`.',
      example: '/api/stt/stream',
    }),
    apiKey: Key.nullish().meta({
      description: 'Written only; shown back as `keyLastFour`. What is absent stays, null removes it.',
    }),
    model_id: Name.optional().meta({ description: '`model`, as the agent manager writes it.' }),
    voice_id: Name.optional().meta({ description: '`voice`, as the agent manager writes it.' }),
    sample_rate: SampleRate.optional().meta({ description: '`sampleRateHertz`, as the agent manager writes it.' }),
    api_url: Url.optional().meta({ description: '`apiUrl`, as the agent manager writes it.' }),
    url: Url.optional().meta({ description: '`apiUrl`, as the agent manager writes it for ears.' }),
    completions_path: Path.optional().meta({ description: '`completionsPath`, as the agent manager writes it.' }),
    api_key: Key.nullish().meta({ description: '`apiKey`, as the agent manager writes it.' }),
  })
  .meta({ id: 'ProviderConfig' });
export type ProviderConfig = z.output<typeof ProviderConfig>;

const part = ProviderConfig.nullish().meta({ description: 'What is absent stays; null brings the default back.' });
const alias = (name: string) =>
  ProviderConfig.nullish().meta({ description: `\`${name}\`, as the agent manager writes it.` });

/** Body of `PUT /agents/{agentId}/providers`. */
export const PutProvidersBody = z
  .strictObject({
    speech: part,
    llm: part,
    tts: part,
    stt: part,
    speech_provider_config: alias('speech'),
    llm_provider_config: alias('llm'),
    tts_provider_config: alias('tts'),
    stt_provider_config: alias('stt'),
  })
  .meta({ id: 'PutProviders' });
export type PutProvidersBody = z.output<typeof PutProvidersBody>;

/** Body of `POST /providers/test`. */
export const TestProviderBody = z
  .strictObject({
    part: z.enum(PROVIDER_PARTS),
    agentId: z.uuid().optional().meta({
      description: 'Whose settings and stored key are meant where `config` says nothing.',
    }),
    config: ProviderConfig.optional().meta({
      description: 'To be tried before it is stored; the agent’s own unless given.',
    }),
    text: z.string().trim().min(1).max(300).optional().meta({
      description: 'What is asked or spoken; a short sentence of ours unless given.',
      example: 'Good morning, can you hear me?',
    }),
    language: z
      .string()
      .regex(/^[a-z]{2}-[A-Z]{2}$/)
      .default('en-US'),
  })
  .meta({ id: 'TestProvider' });
export type TestProviderBody = z.output<typeof TestProviderBody>;
