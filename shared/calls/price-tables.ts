/**
 * List prices in millionths of a US dollar a unit, us-east-1, without volume discounts and free tiers. Each row says
 * from which day it holds, where it was read and when; `memory` marks a figure that was written down from memory and
 * must be checked against the provider's page before anybody is billed by it.
 */
export interface PriceRow<Prices> {
  /** UTC day. */
  readonly from: string;
  readonly prices: Prices;
  readonly source: string;
  readonly asOf: string;
  readonly memory: boolean;
}

/** Oldest first; never empty. */
export type DatedPrices<Prices> = readonly [PriceRow<Prices>, ...PriceRow<Prices>[]];

/** Micro-dollars a token: 3 is $3 a million tokens. */
export interface ModelPrices {
  readonly inputSpeechToken: number;
  readonly inputTextToken: number;
  readonly outputSpeechToken: number;
  readonly outputTextToken: number;
}

/** A model that only reads and writes. */
const textOnly = (inputTextToken: number, outputTextToken: number): ModelPrices => ({
  inputSpeechToken: 0,
  outputSpeechToken: 0,
  inputTextToken,
  outputTextToken,
});

const BEDROCK_PRICING = 'https://aws.amazon.com/bedrock/pricing/';

const NOVA_SONIC: ModelPrices = {
  inputSpeechToken: 3,
  outputSpeechToken: 12,
  inputTextToken: 0.33,
  outputTextToken: 2.75,
};

/** By model id; a prefix of it where a provider dates its models. */
const MODEL_PRICES: Readonly<Record<string, DatedPrices<ModelPrices>>> = {
  'amazon.nova-2-sonic-v1:0': [
    { from: '2025-12-02', prices: NOVA_SONIC, source: BEDROCK_PRICING, asOf: '2026-11-20', memory: false },
  ],
  // Input prices were read; output prices are taken to be those of Nova 2 Sonic.
  'amazon.nova-2-5-sonic': [
    { from: '2026-10-05', prices: NOVA_SONIC, source: BEDROCK_PRICING, asOf: '2026-11-20', memory: true },
  ],
  'gpt-realtime': [
    {
      from: '2025-08-28',
      prices: { inputSpeechToken: 32, outputSpeechToken: 64, inputTextToken: 4, outputTextToken: 16 },
      source: 'https://developers.openai.com/api/docs/pricing',
      asOf: '2026-11-20',
      memory: true,
    },
  ],
  'gpt-realtime-mini': [
    {
      from: '2025-10-06',
      prices: { inputSpeechToken: 10, outputSpeechToken: 20, inputTextToken: 0.6, outputTextToken: 2.4 },
      source: 'https://developers.openai.com/api/docs/pricing',
      asOf: '2026-11-20',
      memory: true,
    },
  ],
  'amazon.nova-micro-v1:0': [
    { from: '2024-12-03', prices: textOnly(0.035, 0.14), source: BEDROCK_PRICING, asOf: '2026-11-20', memory: true },
  ],
  'amazon.nova-lite-v1:0': [
    { from: '2024-12-03', prices: textOnly(0.06, 0.24), source: BEDROCK_PRICING, asOf: '2026-11-20', memory: true },
  ],
  'amazon.nova-2-lite-v1:0': [
    { from: '2025-12-02', prices: textOnly(0.3, 2.5), source: BEDROCK_PRICING, asOf: '2026-11-20', memory: true },
  ],
  'amazon.nova-pro-v1:0': [
    { from: '2024-12-03', prices: textOnly(0.8, 3.2), source: BEDROCK_PRICING, asOf: '2026-11-20', memory: true },
  ],
};

/**
 * A model that the table does not know is priced as a dear one ($5 in, $25 out a million text tokens; speech as
 * gpt-realtime's): a budget that ends a call too early is a complaint, one that never ends it is a loss.
 */
const UNLISTED: DatedPrices<ModelPrices> = [
  {
    from: '2025-01-01',
    prices: { inputSpeechToken: 32, outputSpeechToken: 64, inputTextToken: 5, outputTextToken: 25 },
    source: 'our own guess, on the safe side',
    asOf: '2026-11-20',
    memory: true,
  },
];

/** Geography of a cross-region inference profile: `us.amazon.nova-lite-v1:0`. */
const PROFILE = /^(?:us|eu|apac|global|us-gov|jp|au|ca)\./;

/** Prices of a model by its id, its inference profile's, or the longest listed beginning of it (`gpt-realtime-2025-08-28`). */
export const modelPricesOf = (modelId: string): DatedPrices<ModelPrices> => {
  const id = modelId.replace(PROFILE, '');
  const listed = Object.keys(MODEL_PRICES)
    .filter((name) => id === name || id.startsWith(`${name}-`))
    .sort((a, b) => b.length - a.length)[0];
  return (listed === undefined ? undefined : MODEL_PRICES[listed]) ?? UNLISTED;
};

/** Whether the table knows a model; one that it does not know is priced as a dear one. */
export const isPriceKnown = (modelId: string): boolean => modelPricesOf(modelId) !== UNLISTED;

export interface SpeechPrices {
  readonly transcribedSecond: Readonly<
    Record<'transcribe' | 'openai-compatible' | 'whisper-websocket' | 'elevenlabs', number>
  >;
  readonly synthesizedCharacter: Readonly<
    Record<'polly-neural' | 'polly-generative' | 'openai-compatible' | 'elevenlabs' | 'async.ai', number>
  >;
}

export const SPEECH_PRICES: DatedPrices<SpeechPrices> = [
  {
    from: '2024-01-01',
    prices: {
      // $0.024 a minute streamed, first tier; OpenAI's transcription $0.006 a minute, which a Whisper server of the
      // tenant's own is taken to cost, too; ElevenLabs' Scribe $0.40 an hour.
      transcribedSecond: { transcribe: 400, 'openai-compatible': 100, 'whisper-websocket': 100, elevenlabs: 111 },
      // $16 and $30 a million characters; OpenAI's about $15; ElevenLabs' Flash $50; async.ai as the latter, on the safe side.
      synthesizedCharacter: {
        'polly-neural': 16,
        'polly-generative': 30,
        'openai-compatible': 15,
        elevenlabs: 50,
        'async.ai': 50,
      },
    },
    source:
      'https://aws.amazon.com/transcribe/pricing/ · https://aws.amazon.com/polly/pricing/ · https://developers.openai.com/api/docs/pricing · https://elevenlabs.io/pricing/api',
    asOf: '2026-11-20',
    memory: true,
  },
];

export interface TransportPrices {
  readonly webSocketMessage: number;
  readonly webSocketConnectionMinute: number;
}

export const TRANSPORT_PRICES: DatedPrices<TransportPrices> = [
  {
    from: '2018-12-18',
    // $1 a million messages (read 2026-11), $0.25 a million connection minutes (from memory).
    prices: { webSocketMessage: 1, webSocketConnectionMinute: 0.25 },
    source: 'https://aws.amazon.com/api-gateway/pricing/',
    asOf: '2026-11-20',
    memory: true,
  },
];

export interface ComputePrices {
  readonly lambdaRequest: number;
  readonly lambdaGbSecond: number;
  readonly agentCoreVcpuHour: number;
  readonly agentCoreGbHour: number;
  readonly fargateVcpuHour: number;
  readonly fargateGbHour: number;
}

export const COMPUTE_PRICES: DatedPrices<ComputePrices> = [
  {
    from: '2025-10-13',
    prices: {
      // $0.20 a million requests, $0.0000133334 a GB-second on ARM (from memory).
      lambdaRequest: 0.2,
      lambdaGbSecond: 13.3334,
      // $0.0895 and $0.00945 (read 2026-11).
      agentCoreVcpuHour: 89_500,
      agentCoreGbHour: 9450,
      // $0.03238 and $0.00356, Linux on ARM (from memory).
      fargateVcpuHour: 32_380,
      fargateGbHour: 3560,
    },
    source:
      'https://aws.amazon.com/lambda/pricing/ · https://aws.amazon.com/bedrock/agentcore/pricing/ · https://aws.amazon.com/fargate/pricing/',
    asOf: '2026-11-20',
    memory: true,
  },
];

export interface TelephonyPrices {
  readonly inboundMinute: number;
  readonly outboundMinute: number;
  readonly streamMinute: number;
}

export const TELEPHONY_PRICES: DatedPrices<TelephonyPrices> = [
  {
    from: '2024-01-01',
    // US local numbers: $0.0085 in, $0.0140 out, Media Streams $0.0040 a minute.
    prices: { inboundMinute: 8500, outboundMinute: 14_000, streamMinute: 4000 },
    source: 'https://www.twilio.com/en-us/voice/pricing/us',
    asOf: '2026-11-20',
    memory: true,
  },
];
