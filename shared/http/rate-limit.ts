import * as z from 'zod';
import { problem } from '../kernel/problems.ts';
import type { Caller } from './caller.ts';

/** A bucket: so many requests a second in the long run, and so many at once after a rest. */
const RateLimit = z.strictObject({
  perSecond: z.number().positive().max(10_000),
  burst: z.int().min(1).max(100_000),
});
export type RateLimit = z.output<typeof RateLimit>;

/** What one user may change, and what the programs with one API key may. Far above what people do; a loop gone wrong is stopped. */
export const RateLimits = z.strictObject({
  user: RateLimit.prefault({ perSecond: 50, burst: 500 }),
  key: RateLimit.prefault({ perSecond: 20, burst: 200 }),
});
export type RateLimits = z.output<typeof RateLimits>;

/** Variables of the functions whose operations are limited. */
export const RateLimitEnv = z.object({
  RATE_LIMITS_TABLE: z.string().min(1),
  RATE_LIMITS: z
    .string()
    .transform((json) => JSON.parse(json) as unknown)
    .pipe(RateLimits),
});

/** A bucket on record: when it would be full again (Unix milliseconds; the "theoretical arrival time" of GCRA). */
export interface Bucket {
  readonly bucketKey: string;
  /** What one request takes, in milliseconds of filling. */
  readonly costMs: number;
  /** How far in the future the bucket may be full at most, before a request is taken. */
  readonly debtMs: number;
  readonly nowMs: number;
}

/**
 * Both forms of the one conditional write that takes a token; each gives the new state, or undefined when the bucket was
 * not as it takes it to be.
 */
export interface BucketStore {
  /** From a bucket that is full. */
  readonly fromFull: (bucket: Bucket) => Promise<number | undefined>;
  /** From one that is filling, and not empty. */
  readonly fromFilling: (bucket: Bucket) => Promise<number | undefined>;
}

/** Lets a request through, or throws `too-many-requests` with the seconds to wait. */
export type Limiter = (caller: Pick<Caller, 'userId' | 'keyId'>) => Promise<void>;

/** What this process knows of a bucket: so that the first guess is mostly right, and a refusal costs no write. */
interface Known {
  readonly fullAtMs: number;
  readonly refusedUntilMs: number;
}

/** Callers a process remembers; who is forgotten costs a write more. */
const MAX_KNOWN = 1000;

/**
 * A token bucket a user, and one an API key. A request costs one write, a second one where the guess of the bucket's
 * state was wrong: in a burst, the first of a process.
 */
export const rateLimiter = (store: BucketStore, limits: RateLimits, nowMs: () => number): Limiter => {
  const known = new Map<string, Known>();
  const remember = (bucketKey: string, fullAtMs: number, refusedUntilMs: number): void => {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(bucketKey, { fullAtMs, refusedUntilMs });
  };
  return async ({ userId, keyId }) => {
    const { perSecond, burst } = keyId === undefined ? limits.user : limits.key;
    const costMs = 1000 / perSecond;
    const now = nowMs();
    const bucketKey = keyId === undefined ? `user#${userId}` : `key#${keyId}`;
    const bucket = { bucketKey, costMs, debtMs: (burst - 1) * costMs, nowMs: now };
    const before = known.get(bucketKey);
    if (before !== undefined && before.refusedUntilMs > now) throw tooMany(costMs);
    const isFilling = before !== undefined && before.fullAtMs > now;
    const [first, second] = isFilling ? (['fromFilling', 'fromFull'] as const) : (['fromFull', 'fromFilling'] as const);
    const fullAtMs = (await store[first](bucket)) ?? (await store[second](bucket));
    if (fullAtMs !== undefined) return remember(bucketKey, fullAtMs, 0);
    // The next token is there after `costMs` at the latest: until then nobody need be asked.
    remember(bucketKey, now + bucket.debtMs, now + costMs);
    throw tooMany(costMs);
  };
};

const tooMany = (costMs: number): Error =>
  problem('too-many-requests', 'You change things faster than this service allows. Wait, then go on more slowly.', {
    retryAfterSeconds: Math.max(1, Math.ceil(costMs / 1000)),
  });
