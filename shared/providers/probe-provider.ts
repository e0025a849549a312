import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { text } from '../kernel/env.ts';
import { bedrockMind } from '../voice/engines/cascade/llm-bedrock.ts';
import { transcribeEars } from '../voice/engines/cascade/stt-transcribe.ts';
import { pollyMouth } from '../voice/engines/cascade/tts-polly.ts';
import { type EngineDependencies, engineOf } from '../voice/engines/engines.ts';
import type { SessionClock } from '../voice/session/clock.ts';
import { VoiceSettings } from '../voice/voice-settings.ts';
import { type Heard, type ProbeWish, probeEars, probeMind, probeMouth, probeSpeech } from './probe.ts';
import { failureOf, type ProbeAnswer } from './probe-outcome.ts';
import { ProviderError } from './provider-error.ts';
import { PROVIDER_PARTS } from './provider-names.ts';

export const ProbeProviderEnv = z.object({ SPEECH_MODEL_ID: text, AGENT_MODEL_ID: text });

/** What it is asked: services of AWS only, so there is no key in it. */
export const ProbeRequest = z.object({
  part: z.enum(PROVIDER_PARTS),
  settings: VoiceSettings,
  text: z.string().optional(),
  language: z.string(),
});
export type ProbeRequest = z.output<typeof ProbeRequest>;

export interface ProbeProviderDeps {
  readonly clock: SessionClock;
  readonly speechModelId: string;
  readonly textModelId: string;
  /** Parts in the place of AWS's own, for tests. */
  readonly parts?: EngineDependencies['parts'];
}

/** Below the API's 29 s, with the time to synthesize what ears are to hear. */
const PROBE_TIMEOUT_MS = 20_000;
/** Polly's voice whose speech ears are tested with. */
const SPEAKER = 'Joanna';

/** Speaks to the services of AWS for `test-provider`, whose bundle has no room for their clients. */
export const probeProvider =
  (deps: ProbeProviderDeps) =>
  async (event: unknown): Promise<ProbeAnswer> => {
    const request = ProbeRequest.parse(event);
    try {
      return { outcome: 'heard', heard: await probed(deps, request) };
    } catch (error) {
      return { outcome: 'failed', failure: failureOf(error) };
    }
  };

const probed = (deps: ProbeProviderDeps, { part, settings, text: said, language }: ProbeRequest): Promise<Heard> => {
  const wish: ProbeWish = { text: said, language, signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) };
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
  apiKey: () => Promise.reject(new ProviderError('key-missing', 'Services with keys are not spoken to from here.')),
  defaultTextModelId: textModelId,
  sonicModelId: speechModelId,
});
