import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { AgentId, KnowledgeBaseId, SessionId } from './ids.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** Where new ids come from. */
export interface Ids {
  readonly agent: () => AgentId;
  readonly knowledgeBase: () => KnowledgeBaseId;
  readonly session: () => SessionId;
  /** Marks the holder of a lock. */
  readonly token: () => string;
  /** UUID version 7, for whatever sorts by its beginning: calls, keys. */
  readonly inOrder: () => string;
  /** 32 random bytes as base64url: nobody guesses it. */
  readonly secret: () => string;
}

export const randomIds: Ids = {
  agent: () => uuidV7(Date.now(), randomBytes(10)) as AgentId,
  knowledgeBase: () => uuidV7(Date.now(), randomBytes(10)) as KnowledgeBaseId,
  session: () => `s_${randomUUID()}` as SessionId,
  token: () => randomUUID(),
  inOrder: () => uuidV7(Date.now(), randomBytes(10)),
  secret: () => randomBytes(32).toString('base64url'),
};

/** RFC 9562 §5.7: 48 bits of Unix milliseconds, then version, variant and 74 random bits. */
const uuidV7 = (unixMs: number, random: Uint8Array): string => {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(unixMs, 0, 6);
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
