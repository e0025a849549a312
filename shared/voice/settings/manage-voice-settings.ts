import * as z from 'zod';
import type { Agent } from '../../agents/agent.ts';
import type { AgentStore } from '../../agents/agent-store.ts';
import { requestedAgent } from '../../agents/requested-agent.ts';
import { demandMatch, etagOf, isNotModified } from '../../http/etag.ts';
import type { RequestOf } from '../../http/http-lambda.ts';
import type { ApiAnswer } from '../../http/request.ts';
import { type Clock, nowSeconds } from '../../kernel/clock.ts';
import { text } from '../../kernel/env.ts';
import { agentBusy, agentNotFound, preconditionFailed } from '../../kernel/problems.ts';
import { demandSafeAddresses } from '../../providers/demand-safe-addresses.ts';
import { ADDRESS_POLICIES, type AddressPolicy } from '../../providers/safe-address.ts';
import { type DialableDeps, demandDialable } from '../../transfer/demand-dialable.ts';
import { DialPrefixList } from '../../transfer/dial-policy.ts';
import { KEYED_PROVIDERS, type ProviderKeySet, type ProviderKeys } from './provider-keys.ts';
import type { SettingsMarks } from './settings-marks.ts';
import { speakable } from './speakable.ts';
import { voiceSettingsOf } from './voice-settings-of.ts';
import { voiceSettingsView } from './voice-settings-views.ts';

export const ManageVoiceSettingsEnv = z.object({
  AGENTS_TABLE: text,
  /** Where owners of calls see that settings have changed. */
  VOICE_SESSIONS_TABLE: text,
  RESOURCE_PREFIX: text,
  ENVIRONMENT: text,
  PROVIDER_KEYS_KMS_KEY: text,
  /** Where services of tenants may be. */
  PROVIDER_ADDRESSES: z.enum(ADDRESS_POLICIES),
  PHONE_NUMBERS_TABLE: text,
  /** Where calls may be passed on to. */
  DIAL_PREFIXES: DialPrefixList,
});

export interface ManageVoiceSettingsDeps extends DialableDeps {
  readonly agents: Pick<AgentStore, 'find' | 'update'>;
  readonly providerKeys: Pick<ProviderKeys, 'read' | 'write'>;
  readonly marks: SettingsMarks;
  readonly addresses: AddressPolicy;
  readonly clock: Clock;
}

/** How the agent speaks, with the defaults filled in. */
export const getVoiceSettings =
  ({ agents, providerKeys }: Pick<ManageVoiceSettingsDeps, 'agents' | 'providerKeys'>) =>
  async (request: RequestOf<'getVoiceSettings'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent({ agents }, request);
    const headers = { etag: etagOf(agent) };
    if (isNotModified(request.headers['if-none-match'], agent)) return { status: 304, headers };
    return { status: 200, headers, body: voiceSettingsView(voiceSettingsOf(agent), await providerKeys.read(agent)) };
  };

/** Replaces the settings; calls that go on take them up between turns. Keys go to the secret, never to the row. */
export const putVoiceSettings =
  (deps: ManageVoiceSettingsDeps) =>
  async (request: RequestOf<'putVoiceSettings'>): Promise<ApiAnswer> => {
    const { apiKeys: keyChanges, ...asked } = request.body;
    const settings = speakable(asked, deps.clock.now());
    await demandSafeAddresses(settings, deps.addresses, undefined, (part) =>
      part === 'speech' ? [part, 'apiUrl'] : ['cascade', part, 'apiUrl'],
    );
    const personsNumber = settings.transfer?.phoneNumber;
    if (personsNumber !== undefined) await demandDialable(deps, personsNumber, ['transfer', 'phoneNumber']);
    const agent = await requestedAgent(deps, request);
    const ifMatch = request.headers['if-match'];
    demandMatch(ifMatch, agent);
    const written = await deps.agents.update(
      agent,
      { voice: settings },
      { now: nowSeconds(deps.clock), ...(ifMatch === undefined ? {} : { guard: { revision: agent.revision } }) },
    );
    if (!written.written) throw refusal(agent, written.current);
    const keys = changed(await deps.providerKeys.read(agent), keyChanges ?? {});
    if (keyChanges !== undefined) await deps.providerKeys.write(agent, keys);
    await deps.marks.changed(agent, written.agent.revision, deps.clock.now());
    return { status: 200, headers: { etag: etagOf(written.agent) }, body: voiceSettingsView(settings, keys) };
  };

const refusal = (asked: Agent, current: Agent | undefined): Error => {
  if (current === undefined) return agentNotFound(asked.agentId);
  return current.status === 'deleting' ? agentBusy(current.status, 'change its voice') : preconditionFailed();
};

/** Null removes a key; what is absent stays. */
const changed = (
  keys: ProviderKeySet,
  changes: Readonly<{ [Name in keyof ProviderKeySet]?: string | null | undefined }>,
): ProviderKeySet =>
  Object.fromEntries(
    KEYED_PROVIDERS.flatMap((name) => {
      const key = changes[name] === undefined ? keys[name] : changes[name];
      return key === undefined || key === null ? [] : [[name, key]];
    }),
  );
