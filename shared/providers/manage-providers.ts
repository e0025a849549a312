import type { Agent } from '../agents/agent.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { demandMatch, etagOf, isNotModified } from '../http/etag.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { agentBusy, agentNotFound, preconditionFailed } from '../kernel/problems.ts';
import { ManageVoiceSettingsEnv } from '../voice/settings/manage-voice-settings.ts';
import type { KeyedProvider, ProviderKeySet, ProviderKeys } from '../voice/settings/provider-keys.ts';
import type { SettingsMarks } from '../voice/settings/settings-marks.ts';
import { voiceSettingsOf } from '../voice/settings/voice-settings-of.ts';
import type { VoiceSettings } from '../voice/voice-settings.ts';
import { type AddressesOfName, demandSafeAddresses } from './demand-safe-addresses.ts';
import { PROVIDER_PARTS } from './provider-names.ts';
import { partOf, providersView } from './providers-of.ts';
import type { AddressPolicy } from './safe-address.ts';
import { isSameService } from './same-service.ts';
import { KEY_OF_PART, type WantedParts, wantedParts, withProviders } from './wanted-providers.ts';

/** Providers are another view of the voice settings. */
export const ManageProvidersEnv = ManageVoiceSettingsEnv;

export interface ManageProvidersDeps {
  readonly agents: Pick<AgentStore, 'find' | 'update'>;
  readonly providerKeys: Pick<ProviderKeys, 'read' | 'write'>;
  readonly marks: SettingsMarks;
  readonly addresses: AddressPolicy;
  readonly addressesOfName?: AddressesOfName;
  readonly clock: Clock;
}

/** Whose services the agent uses, defaults included. */
export const getProviders =
  ({ agents, providerKeys }: Pick<ManageProvidersDeps, 'agents' | 'providerKeys'>) =>
  async (request: RequestOf<'getProviders'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent({ agents }, request);
    const headers = { etag: etagOf(agent) };
    if (isNotModified(request.headers['if-none-match'], agent)) return { status: 304, headers };
    const keys = await providerKeys.read(agent);
    return { status: 200, headers, body: providersView(agent.agentId, voiceSettingsOf(agent), keys) };
  };

/**
 * Replaces the parts that are given. Keys are kept first: a call that takes the new settings up finds them. They go to
 * the secret, never to the row.
 */
export const putProviders =
  (deps: ManageProvidersDeps) =>
  async (request: RequestOf<'putProviders'>): Promise<ApiAnswer> => {
    const wanted = wantedParts(request.body);
    for (let attempt = 1; ; attempt += 1) {
      const agent = await requestedAgent(deps, request);
      demandMatch(request.headers['if-match'], agent);
      if (agent.status === 'deleting') throw agentBusy(agent.status, 'change its providers');
      const written = await change(deps, agent, wanted);
      if (written !== undefined) return written;
      // Somebody else's change in between must not be undone: what is not in the body is read again.
      if (attempt === ATTEMPTS || request.headers['if-match'] !== undefined) throw preconditionFailed();
    }
  };

const ATTEMPTS = 3;

/** Undefined when the agent has changed since it was read. */
const change = async (deps: ManageProvidersDeps, agent: Agent, wanted: WantedParts): Promise<ApiAnswer | undefined> => {
  const before = voiceSettingsOf(agent);
  const settings = withProviders(before, wanted, deps.clock.now());
  await demandSafeAddresses(settings, deps.addresses, deps.addressesOfName);
  const keys = await keepKeys(deps, agent, keyChanges(wanted, before, settings));
  const options = { now: nowSeconds(deps.clock), guard: { revision: agent.revision } };
  const written = await deps.agents.update(agent, { voice: settings }, options);
  if (written.written) {
    await deps.marks.changed(agent, written.agent.revision, deps.clock.now());
    const body = providersView(agent.agentId, settings, keys);
    return { status: 200, headers: { etag: etagOf(written.agent) }, body };
  }
  if (written.current === undefined) throw agentNotFound(agent.agentId);
  return undefined;
};

type KeyChanges = Readonly<Partial<Record<KeyedProvider, string | null>>>;

/** A key is good for the service it was given for: another service does not get to see it. */
const keyChanges = (wanted: WantedParts, before: VoiceSettings, after: VoiceSettings): KeyChanges =>
  Object.fromEntries(
    PROVIDER_PARTS.flatMap((part) => {
      const asked = wanted[part];
      if (asked === undefined) return [];
      if (asked?.apiKey !== undefined) return [[KEY_OF_PART[part], asked.apiKey]];
      return isSameService(partOf(part, before), partOf(part, after)) ? [] : [[KEY_OF_PART[part], null]];
    }),
  );

const keepKeys = async (
  { providerKeys }: Pick<ManageProvidersDeps, 'providerKeys'>,
  agent: Agent,
  changes: KeyChanges,
): Promise<ProviderKeySet> => {
  const before = await providerKeys.read(agent);
  if (Object.entries(changes).every(([name, key]) => key === null && !(name in before))) return before;
  const merged = Object.entries({ ...before, ...changes });
  const after = Object.fromEntries(merged.filter(([, key]) => key !== null)) as ProviderKeySet;
  await providerKeys.write(agent, after);
  return after;
};
