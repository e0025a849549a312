import type { EngineUsage } from '../voice/engines/speech-engine.ts';
import { type CallCost, COST_LEGS } from './call.ts';
import {
  COMPUTE_PRICES,
  type DatedPrices,
  type ModelPrices,
  modelPricesOf,
  SPEECH_PRICES,
  type SpeechPrices,
  TELEPHONY_PRICES,
  TRANSPORT_PRICES,
} from './price-tables.ts';

/** What carried a call, counted since its beginning or since its owner's. Counts and times are never negative. */
export interface TransportCounters {
  /** Messages through the WebSocket API, both ways and of both connections, in units of 32 KB. */
  readonly webSocketMessages: number;
  /** Of all connections together. */
  readonly webSocketConnectionMs: number;
  readonly lambdaRequests: number;
  /** Memory times duration, ARM. */
  readonly lambdaGbSeconds: number;
  readonly agentCoreVcpuMs: number;
  readonly agentCoreGbMs: number;
  readonly fargateVcpuMs: number;
  readonly fargateGbMs: number;
  readonly phoneInboundMs: number;
  readonly phoneOutboundMs: number;
  /** Of Twilio Media Streams. */
  readonly phoneStreamMs: number;
}

export const NO_TRANSPORT: TransportCounters = {
  webSocketMessages: 0,
  webSocketConnectionMs: 0,
  lambdaRequests: 0,
  lambdaGbSeconds: 0,
  agentCoreVcpuMs: 0,
  agentCoreGbMs: 0,
  fargateVcpuMs: 0,
  fargateGbMs: 0,
  phoneInboundMs: 0,
  phoneOutboundMs: 0,
  phoneStreamMs: 0,
};

/** By whom the parts of a call are billed. */
export interface Tariff {
  /** Of speech-to-speech, or of the cascade's language model. */
  readonly modelId: string;
  readonly speechToText: keyof SpeechPrices['transcribedSecond'];
  readonly textToSpeech: keyof SpeechPrices['synthesizedCharacter'];
}

export const NO_USAGE: EngineUsage = {
  inputSpeechTokens: 0,
  inputTextTokens: 0,
  outputSpeechTokens: 0,
  outputTextTokens: 0,
  transcribedSeconds: 0,
  synthesizedCharacters: 0,
};

export const NO_COST: CallCost = { model: 0, transport: 0, compute: 0, telephony: 0, speech: 0, tools: 0 };

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

const atLeastZero = (count: number | undefined): number =>
  count !== undefined && Number.isFinite(count) && count > 0 ? count : 0;

/** Prices are fractions of a micro-dollar a unit: rounded up once, after counts are multiplied, never before. */
const rounded = (microUsd: number): number => Math.max(0, Math.ceil(microUsd - 1e-6));

/** Latest prices that hold at a time (Unix milliseconds); the first ones for a time before them. */
const pricesAt = <Prices>(table: DatedPrices<Prices>, atMs: number): Prices =>
  (table.findLast(({ from }) => Date.parse(from) <= atMs) ?? table[0]).prices;

const modelCost = (usage: EngineUsage, prices: ModelPrices): number =>
  atLeastZero(usage.inputSpeechTokens) * prices.inputSpeechToken +
  atLeastZero(usage.inputTextTokens) * prices.inputTextToken +
  atLeastZero(usage.outputSpeechTokens) * prices.outputSpeechToken +
  atLeastZero(usage.outputTextTokens) * prices.outputTextToken;

/** Sum of two usages, for the totals that are priced. */
export const addUsage = (a: EngineUsage, b: EngineUsage): EngineUsage => ({
  inputSpeechTokens: a.inputSpeechTokens + b.inputSpeechTokens,
  inputTextTokens: a.inputTextTokens + b.inputTextTokens,
  outputSpeechTokens: a.outputSpeechTokens + b.outputSpeechTokens,
  outputTextTokens: a.outputTextTokens + b.outputTextTokens,
  transcribedSeconds: (a.transcribedSeconds ?? 0) + (b.transcribedSeconds ?? 0),
  synthesizedCharacters: (a.synthesizedCharacters ?? 0) + (b.synthesizedCharacters ?? 0),
});

/**
 * What an engine's usage costs, in whole micro-dollars by leg. To be given the total of a call (see `addUsage`), not
 * each event: every leg is rounded up once.
 */
export const costOfUsage = (usage: EngineUsage, tariff: Tariff, atMs: number): CallCost => {
  const speech = pricesAt(SPEECH_PRICES, atMs);
  const heard = atLeastZero(usage.transcribedSeconds) * speech.transcribedSecond[tariff.speechToText];
  const spoken = atLeastZero(usage.synthesizedCharacters) * speech.synthesizedCharacter[tariff.textToSpeech];
  return {
    ...NO_COST,
    model: rounded(modelCost(usage, pricesAt(modelPricesOf(tariff.modelId), atMs))),
    speech: rounded(heard + spoken),
  };
};

/** What carrying a call costs, in whole micro-dollars by leg. Phone minutes are billed as begun. */
export const costOfTransport = (counters: TransportCounters, atMs: number): CallCost => {
  const transport = pricesAt(TRANSPORT_PRICES, atMs);
  const compute = pricesAt(COMPUTE_PRICES, atMs);
  const telephony = pricesAt(TELEPHONY_PRICES, atMs);
  const minutesBegun = (ms: number): number => Math.ceil(atLeastZero(ms) / MS_PER_MINUTE);
  return {
    ...NO_COST,
    transport: rounded(
      atLeastZero(counters.webSocketMessages) * transport.webSocketMessage +
        (atLeastZero(counters.webSocketConnectionMs) / MS_PER_MINUTE) * transport.webSocketConnectionMinute,
    ),
    compute: rounded(
      atLeastZero(counters.lambdaRequests) * compute.lambdaRequest +
        atLeastZero(counters.lambdaGbSeconds) * compute.lambdaGbSecond +
        (atLeastZero(counters.agentCoreVcpuMs) / MS_PER_HOUR) * compute.agentCoreVcpuHour +
        (atLeastZero(counters.agentCoreGbMs) / MS_PER_HOUR) * compute.agentCoreGbHour +
        (atLeastZero(counters.fargateVcpuMs) / MS_PER_HOUR) * compute.fargateVcpuHour +
        (atLeastZero(counters.fargateGbMs) / MS_PER_HOUR) * compute.fargateGbHour,
    ),
    telephony: rounded(
      minutesBegun(counters.phoneInboundMs) * telephony.inboundMinute +
        minutesBegun(counters.phoneOutboundMs) * telephony.outboundMinute +
        minutesBegun(counters.phoneStreamMs) * telephony.streamMinute,
    ),
  };
};

/** Leg by leg. */
export const addCosts = (...costs: readonly CallCost[]): CallCost =>
  costs.reduce<CallCost>(
    (sum, cost) => ({
      model: sum.model + cost.model,
      transport: sum.transport + cost.transport,
      compute: sum.compute + cost.compute,
      telephony: sum.telephony + cost.telephony,
      speech: sum.speech + cost.speech,
      tools: sum.tools + cost.tools,
    }),
    NO_COST,
  );

/** All legs together, in micro-dollars. */
export const totalMicroUsd = (cost: CallCost): number => COST_LEGS.reduce((sum, leg) => sum + cost[leg], 0);
