import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { bedrockMind } from '../voice/engines/cascade/llm-bedrock.ts';
import { foreignEars, foreignMind, foreignMouth } from '../voice/engines/cascade/provider-parts.ts';
import { transcribeEars } from '../voice/engines/cascade/stt-transcribe.ts';
import { pollyMouth } from '../voice/engines/cascade/tts-polly.ts';
import { type EngineDependencies, engineOf } from '../voice/engines/engines.ts';
import { DEFAULT_REALTIME_MODEL_ID } from '../voice/engines/model-catalogue.ts';
import { openAiRealtimeEngine } from '../voice/engines/openai-realtime/openai-realtime-engine.ts';
import type { SessionClock } from '../voice/session/clock.ts';
import { VoiceSettings } from '../voice/voice-settings.ts';
import { failureOf } from './failure-of.ts';
import { isForeign } from './is-foreign.ts';
import type { KeySeal } from './key-seal.ts';
import { type Heard, type ProbeWish, probeEars, probeMind, probeMouth, probeSpeech } from './probe.ts';
import type { ProbeAnswer } from './probe-outcome.ts';
import { ProviderError } from './provider-error.ts';
import { PROVIDER_PARTS } from './provider-names.ts';
import type { ProviderNetwork } from './provider-network.ts';
import { partOf } from './providers-of.ts';
import { sealedFor } from './same-service.ts';

export const ProbeRequest = z.object({
  type: z.literal('probe'),
  part: z.enum(PROVIDER_PARTS),
  settings: VoiceSettings,
  text: z.string().optional(),
  language: z.string(),
  /** The tenant whose key it is. */
  userId: z.string(),
  /** Of a service of the tenant's own. */
  sealedKey: z.string().optional(),
});
export type ProbeRequest = z.output<typeof ProbeRequest>;

export interface ProbeProviderDeps {
  readonly clock: SessionClock;
  readonly speechModelId: string;
  readonly textModelId: string;
  readonly network: ProviderNetwork;
  readonly seal: Pick<KeySeal, 'open'>;
  /** Parts in the place of AWS's own, for tests. */
  readonly parts?: EngineDependencies['parts'];
  readonly timeoutMs?: number;
}

/** Below the API's 29 s, with the time to synthesize what ears are to hear. */
const PROBE_TIMEOUT_MS = 20_000;
/** Polly's voice whose speech ears are tested with. */
const SPEAKER = 'Joanna';

/** Speaks to a provider, and says what it heard. Throws what is no failure of the provider. */
export const probeProvider =
  (deps: ProbeProviderDeps) =>
  async (request: ProbeRequest): Promise<ProbeAnswer> => {
    try {
      return { outcome: 'heard', heard: await probed(deps, request) };
    } catch (error) {
      return { outcome: 'failed', failure: failureOf(error) };
    }
  };

const probed = (deps: ProbeProviderDeps, request: ProbeRequest): Promise<Heard> => {
  const { timeoutMs = PROBE_TIMEOUT_MS } = deps;
  const wish = { text: request.text, language: request.language, signal: AbortSignal.timeout(timeoutMs) };
  return isForeign(request.part, request.settings)
    ? probedForeign(deps, request, wish)
    : probedAws(deps, request, wish);
};

/** A service of a tenant's own. */
const probedForeign = (
  deps: ProbeProviderDeps,
  { part, settings, userId, sealedKey }: ProbeRequest,
  wish: ProbeWish,
): Promise<Heard> => {
  const { clock, network, seal } = deps;
  const { llm, tts, stt } = settings.cascade;
  const to = sealedFor(userId, partOf(part, settings));
  const apiKey = (): Promise<string> => (sealedKey === undefined ? noKey() : seal.open(sealedKey, to));
  const access = { apiKey, network };
  if (part === 'llm' && llm.provider !== 'bedrock') return probeMind(foreignMind(llm, access), clock, wish);
  if (part === 'tts' && tts.provider !== 'polly') {
    return probeMouth(foreignMouth(tts, access), clock, { ...wish, voice: tts.voice ?? settings.voice });
  }
  if (part === 'stt' && stt.provider !== 'transcribe') {
    return probeEars(foreignEars(stt, access), speakerOf(deps), clock, wish);
  }
  const { speech, voice } = settings;
  const url = speech?.apiUrl;
  const engine = openAiRealtimeEngine({ apiKey, clock, network, ...(url === undefined ? {} : { url }) });
  return probeSpeech(engine, clock, { ...wish, voice, modelId: speech?.model ?? DEFAULT_REALTIME_MODEL_ID });
};

const noKey = (): Promise<never> => Promise.reject(new ProviderError('key-missing', 'There is no key to be tried.'));

const probedAws = (
  deps: ProbeProviderDeps,
  { part, settings, language }: ProbeRequest,
  wish: ProbeWish,
): Promise<Heard> => {
  const { cascade } = settings;
  const { clock, parts } = deps;
  if (part === 'speech') return speech(deps, settings, wish);
  if (part === 'llm') {
    const modelId = cascade.llm.provider === 'bedrock' ? (cascade.llm.modelId ?? deps.textModelId) : deps.textModelId;
    return probeMind(parts?.llm ?? bedrockMind({ modelId }), clock, wish);
  }
  if (part === 'tts') {
    const engine = cascade.tts.provider === 'polly' ? cascade.tts.engine : 'neural';
    const { voice } = engineOf({ ...settings, language, engine: 'cascade' }, engineDependencies(deps));
    return probeMouth(parts?.tts ?? pollyMouth({ engine }), clock, { ...wish, voice });
  }
  return probeEars(parts?.stt ?? transcribeEars(), speakerOf(deps), clock, wish);
};

const speech = (deps: ProbeProviderDeps, settings: VoiceSettings, wish: ProbeWish): Promise<Heard> => {
  const { engine, modelId, voice } = engineOf({ ...settings, language: wish.language }, engineDependencies(deps));
  return probeSpeech(engine, deps.clock, { ...wish, voice, modelId });
};

const speakerOf =
  ({ parts }: ProbeProviderDeps): Parameters<typeof probeEars>[1] =>
  async (words, sampleRateHertz, signal) => {
    const mouth = parts?.tts ?? pollyMouth({ engine: 'neural' });
    const format = { encoding: 'pcm16', sampleRateHertz } as const;
    const pieces: Uint8Array[] = [];
    for await (const piece of mouth.speak({ text: words, voice: SPEAKER, language: 'en-US', format, signal })) {
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  };

const engineDependencies = ({ clock, speechModelId, textModelId }: ProbeProviderDeps): EngineDependencies => ({
  clock,
  id: randomUUID,
  apiKey: noKey,
  defaultTextModelId: textModelId,
  sonicModelId: speechModelId,
});
