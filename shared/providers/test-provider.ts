import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import { pointer } from '../http/pointer.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { refused } from '../kernel/problems.ts';
import type { ProviderKeys } from '../voice/settings/provider-keys.ts';
import { voiceSettingsOf } from '../voice/settings/voice-settings-of.ts';
import { VoiceSettings } from '../voice/voice-settings.ts';
import { type AddressesOfName, demandSafeAddresses } from './demand-safe-addresses.ts';
import { errorOfFailure, failureOf } from './failure-of.ts';
import { isForeign } from './is-foreign.ts';
import type { KeySeal } from './key-seal.ts';
import type { Heard } from './probe.ts';
import { ProviderError } from './provider-error.ts';
import { problemOfFailure } from './provider-failure.ts';
import type { Probing } from './provider-function-lambda.ts';
import { partOf } from './providers-of.ts';
import { ADDRESS_POLICIES, type AddressPolicy } from './safe-address.ts';
import { isSameService, sealedFor } from './same-service.ts';
import { KEY_OF_PART, wantedPart, withProviders } from './wanted-providers.ts';

export const TestProviderEnv = z.object({
  AGENTS_TABLE: text,
  RESOURCE_PREFIX: text,
  PROVIDER_FUNCTION: text,
  PROVIDER_KEYS_KMS_KEY: text,
  /** Where services of tenants may be. */
  PROVIDER_ADDRESSES: z.enum(ADDRESS_POLICIES),
});

export interface TestProviderDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly providerKeys: Pick<ProviderKeys, 'read'>;
  /** Speaks to the provider. */
  readonly probe: Probing;
  readonly seal: Pick<KeySeal, 'close'>;
  readonly addresses: AddressPolicy;
  readonly addressesOfName?: AddressesOfName;
  readonly clock: Pick<Clock, 'now'>;
}

type Request = RequestOf<'testProvider'>;

interface Probe {
  readonly request: Request;
  readonly settings: VoiceSettings;
  readonly key: () => Promise<string>;
}

/** Has a provider spoken to as calls would, and says what was heard. Throws the problem it has with it. */
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
  const { part, text: said, language } = request.body;
  const { userId } = request;
  const to = sealedFor(userId, partOf(part, settings));
  const sealedKey = isForeign(part, settings) ? await deps.seal.close(await key(), to) : undefined;
  const answer = await deps.probe({ type: 'probe', part, settings, language, text: said, userId, sealedKey });
  if (answer.outcome === 'heard') return answer.heard;
  throw errorOfFailure(answer.failure);
};
