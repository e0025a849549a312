import type { AgentKey } from '../../agents/agent-store.ts';

/**
 * Parts of a call that may be somebody else's service and then need its key: `openai` for OpenAI Realtime, the others
 * for what is "openai-compatible" in the cascade.
 */
export const KEYED_PROVIDERS = ['openai', 'stt', 'llm', 'tts'] as const;
export type KeyedProvider = (typeof KEYED_PROVIDERS)[number];

export type ProviderKeySet = Readonly<Partial<Record<KeyedProvider, string>>>;

/** Keys to other people's services that a tenant has entrusted to us for one agent. */
export interface ProviderKeys {
  /** Empty when there are none. */
  readonly read: (agent: AgentKey) => Promise<ProviderKeySet>;
  /** Replaces them all; an empty set erases the secret. */
  readonly write: (agent: AgentKey, keys: ProviderKeySet) => Promise<void>;
  readonly forget: (agent: AgentKey) => Promise<void>;
}

/** The one secret of an agent, a JSON object by provider: `oratio/tenants/{userId}/agents/{agentId}/provider-keys`. */
export const providerKeysSecret = (prefix: string, { userId, agentId }: AgentKey): string =>
  `${prefix}/tenants/${userId}/agents/${agentId}/provider-keys`;
