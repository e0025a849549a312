import { type Clock, nowSeconds } from '../kernel/clock.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import {
  type ApiKeyId,
  hashOfSecret,
  isExpired,
  type KeyScope,
  LAST_USED_RESOLUTION_SECONDS,
  looksLikeKey,
  wantsTouch,
} from './api-key.ts';
import type { ApiKeyStore } from './api-key-store.ts';

export interface VerifiedKey {
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly keyId: ApiKeyId;
  readonly scopes: readonly KeyScope[];
}

/** Who holds a key. */
export interface ApiKeys {
  /** Undefined for what is no key, unknown, deleted or expired. */
  readonly verify: (key: string) => Promise<VerifiedKey | undefined>;
}

export interface ApiKeysDeps {
  readonly store: Pick<ApiKeyStore, 'find' | 'touch'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Keys are found by their hash: no comparison whose duration could tell something. The time of last use is written at
 * most every five minutes, and nobody waits for it; where the process freezes first, it is written with the next call.
 */
export const apiKeys = ({ store, clock, log }: ApiKeysDeps): ApiKeys => ({
  verify: async (key) => {
    if (!looksLikeKey(key)) return undefined;
    const found = await store.find(hashOfSecret(key));
    const now = nowSeconds(clock);
    if (found === undefined || isExpired(found, now)) return undefined;
    const { userId, agentId, keyId, scopes } = found;
    if (wantsTouch(found, now)) {
      store
        .touch(found.keyHash, now, now - LAST_USED_RESOLUTION_SECONDS)
        .catch((error: unknown) => log('access.key.untouched', { keyId }, error));
    }
    return { userId, agentId, keyId, scopes };
  },
});
