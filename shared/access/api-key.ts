import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Scope } from '../http/operation.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';

/** UUID version 7: sorts by creation time. Not secret. */
export const ApiKeyId = z.uuid().brand<'ApiKeyId'>();
export type ApiKeyId = z.output<typeof ApiKeyId>;

/** What a key may be good for; managing agents takes a person's token. */
export const KEY_SCOPES = ['agents:talk', 'agents:ask'] as const satisfies readonly Scope[];
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Enough to give every program its own and to change them one by one; the list of an agent's keys stays one small row. */
export const MAX_KEYS_PER_AGENT = 20;

/** How old the stored time of last use may get before it is written anew. */
export const LAST_USED_RESOLUTION_SECONDS = 300;

/** A key as it is kept: its hash, never itself. Times in Unix seconds. */
export interface ApiKey {
  readonly keyHash: string;
  readonly keyId: ApiKeyId;
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** Its first seven characters, `ok_` and four more: to recognize it in a configuration. */
  readonly start: string;
  readonly lastFour: string;
  readonly createdAt: number;
  /** Also DynamoDB's TTL; without it the key lives as long as its agent. */
  readonly expiresAt?: number;
  /** Within `LAST_USED_RESOLUTION_SECONDS`. */
  readonly lastUsedAt?: number;
}

/** `ok_` marks our keys, so that scanners of source code can find leaked ones. */
const KEY = /^ok_[A-Za-z0-9_-]{43}$/;

export const keyFromSecret = (secret: string): string => `ok_${secret}`;

export const looksLikeKey = (text: string): boolean => KEY.test(text);

/** SHA-256, hexadecimal. 256 random bits need no slow hash: there is nothing to guess. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** The parts of a key that are shown again. */
export const visibleParts = (key: string): Pick<ApiKey, 'start' | 'lastFour'> => ({
  start: key.slice(0, 7),
  lastFour: key.slice(-4),
});

/** A key that has expired is none, whether or not DynamoDB has removed it yet. */
export const isExpired = ({ expiresAt }: Pick<ApiKey, 'expiresAt'>, now: number): boolean =>
  expiresAt !== undefined && expiresAt <= now;

/** Whether its time of last use should be written now. */
export const wantsTouch = ({ lastUsedAt }: Pick<ApiKey, 'lastUsedAt'>, now: number): boolean =>
  lastUsedAt === undefined || lastUsedAt + LAST_USED_RESOLUTION_SECONDS <= now;
