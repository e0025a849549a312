import type { AgentKey } from '../agents/agent-store.ts';
import type { ApiKey, ApiKeyId } from './api-key.ts';

/** Why a key was not stored: the agent has enough of them, or is gone or going. */
export type KeyInserted = 'inserted' | 'full' | 'agent-gone';

export interface ApiKeyPage {
  readonly keys: readonly ApiKey[];
  /** The key after which the next page starts; absent on the last page. */
  readonly last?: ApiKeyId;
}

/** The API keys of all agents; every access is by key or index. */
export interface ApiKeyStore {
  /** Counts exactly, also when several are made at once; keys that have expired by `now` (Unix seconds) do not count. */
  readonly insert: (key: ApiKey, limits: { readonly now: number; readonly most: number }) => Promise<KeyInserted>;
  /** Newest first. */
  readonly list: (query: {
    readonly agent: AgentKey;
    readonly limit: number;
    readonly after?: ApiKeyId;
  }) => Promise<ApiKeyPage>;
  /** Nothing happens when the agent has no such key. */
  readonly remove: (agent: AgentKey, keyId: ApiKeyId) => Promise<void>;
  /** Strongly consistent: a key that was deleted is gone at once. */
  readonly find: (keyHash: string) => Promise<ApiKey | undefined>;
  /** Writes the time of last use unless somebody did so since `notSince` (Unix seconds). */
  readonly touch: (keyHash: string, now: number, notSince: number) => Promise<void>;
  /** Erases all keys of an agent. */
  readonly forget: (agent: AgentKey) => Promise<void>;
}
