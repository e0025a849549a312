import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import { pointer } from '../http/pointer.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { refused } from '../kernel/problems.ts';
import { foreignEars, foreignMind, foreignMouth } from '../voice/engines/cascade/provider-parts.ts';
import { DEFAULT_REALTIME_MODEL_ID } from '../voice/engines/model-catalogue.ts';
import { openAiRealtimeEngine } from '../voice/engines/openai-realtime/openai-realtime-engine.ts';
import type { SessionClock } from '../voice/session/clock.ts';
import type { ProviderKeys } from '../voice/settings/provider-keys.ts';
import { voiceSettingsOf } from '../voice/settings/voice-settings-of.ts';
import { VoiceSettings } from '../voice/voice-settings.ts';
import { type AddressesOfName, demandSafeAddresses } from './demand-safe-addresses.ts';
import type { Speaker } from './polly-speech-aws.ts';
import { type Heard, type ProbeWish, probeEars, probeMind, probeMouth, probeSpeech } from './probe.ts';
import { failureOf, problemOfFailure } from './probe-outcome.ts';
import type { AwsProbe } from './probes-lambda.ts';
import { ProviderError } from './provider-error.ts';
import type { ProviderNetwork } from './provider-network.ts';
import { partOf } from './providers-of.ts';
import { ADDRESS_POLICIES, type AddressPolicy } from './safe-address.ts';
import { isSameService } from './same-service.ts';
import { KEY_OF_PART, wantedPart, withProviders } from './wanted-providers.ts';

export const TestProviderEnv = z.object({
  AGENTS_TABLE: text,
  RESOURCE_PREFIX: text,
  PROBE_FUNCTION: text,
  /** Where services of tenants may be. */
  PROVIDER_ADDRESSES: z.enum(ADDRESS_POLICIES),
});

export interface TestProviderDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly providerKeys: Pick<ProviderKeys, 'read'>;
  /** Speaks to services of AWS. */
  readonly aws: AwsProbe;
  /** Says what ears are to hear. */
  readonly speaker: Speaker;
  readonly addresses: AddressPolicy;
  readonly addressesOfName?: AddressesOfName;
  readonly network: ProviderNetwork;
  readonly clock: SessionClock;
  readonly timeoutMs?: number;
}

/** Below the API's 29 s. */
const PROBE_TIMEOUT_MS = 20_000;

type Request = RequestOf<'testProvider'>;

interface Probe {
  readonly request: Request;
  readonly settings: VoiceSettings;
  readonly key: () => Promise<string>;
}

/** Speaks to a provider as calls would, and says what was heard. Throws the problem it has with it. */
export const testProvider =
  (deps: TestProviderDeps) =>
  async (request: Request): Promise<ApiAnswer> => {
    const { part } = request.body;
    const probe = await prepared(deps, request);
    const { provider, model } = partOf(part, probe.settings);
    try {
      const heard = await probed(deps, probe);
      return { status: 200, body: { part, provider, model, ...heard } };
    } catch (error) {
      throw problemOfFailure(failureOf(error));
    }
  };

const prepared = async (deps: TestProviderDeps, request: Request): Promise<Probe> => {
  const { part, agentId, config, language } = request.body;
  const params = agentId === undefined ? undefined : { agentId };
  const agent = params && (await requestedAgent(deps, { userId: request.userId, params }));
  const stored = agent === undefined ? VoiceSettings.parse({}) : voiceSettingsOf(agent);
  const wanted = config && wantedPart(part, config);
  const settings = wanted === undefined ? stored : withProviders(stored, { [part]: wanted }, deps.clock.now());
  if (part === 'speech' && settings.engine === 'cascade') {
    const message = 'A cascade is tested part by part: llm, tts and stt.';
    throw refused([{ pointer: pointer('part'), message, code: 'invalid-request' }]);
  }
  await demandSafeAddresses(settings, deps.addresses, deps.addressesOfName);
  const isOurs = isSameService(partOf(part, stored), partOf(part, settings));
  const key = async (): Promise<string> => {
    const given = wanted?.apiKey ?? undefined;
    // A stored key goes to the service it was stored for, and to no other.
    const kept = given ?? (agent && isOurs ? (await deps.providerKeys.read(agent))[KEY_OF_PART[part]] : undefined);
    if (kept === undefined) throw new ProviderError('key-missing', 'There is no key to be tried: send one as apiKey.');
    return kept;
  };
  return { request, settings: { ...settings, language }, key };
};

const probed = async (deps: TestProviderDeps, { request, settings, key }: Probe): Promise<Heard> => {
  const { part, text: words, language } = request.body;
  const wish: ProbeWish = { text: words, language, signal: AbortSignal.timeout(deps.timeoutMs ?? PROBE_TIMEOUT_MS) };
  const access = { apiKey: key, network: deps.network };
  const { clock } = deps;
  const { llm, tts, stt } = settings.cascade;
  if (part === 'llm' && llm.provider !== 'bedrock') return probeMind(foreignMind(llm, access), clock, wish);
  if (part === 'tts' && tts.provider !== 'polly') {
    return probeMouth(foreignMouth(tts, access), clock, { ...wish, voice: tts.voice ?? settings.voice });
  }
  if (part === 'stt' && stt.provider !== 'transcribe') {
    return probeEars(foreignEars(stt, access), deps.speaker, clock, wish);
  }
  if (part === 'speech' && settings.engine === 'openai-realtime') return realtime(deps, settings, key, wish);
  const answer = await deps.aws({ part, settings, language, text: words });
  if (answer.outcome === 'heard') return answer.heard;
  throw new ProviderError(answer.failure.fault, answer.failure.message);
};

const realtime = (
  { clock, network }: TestProviderDeps,
  { speech, voice }: VoiceSettings,
  apiKey: () => Promise<string>,
  wish: ProbeWish,
): Promise<Heard> => {
  const url = speech?.apiUrl;
  const engine = openAiRealtimeEngine({ apiKey, clock, network, ...(url === undefined ? {} : { url }) });
  return probeSpeech(engine, clock, { ...wish, voice, modelId: speech?.model ?? DEFAULT_REALTIME_MODEL_ID });
};
