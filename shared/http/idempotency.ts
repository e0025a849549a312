import { createHash } from 'node:crypto';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { PROBLEMS, ProblemError, problem, refused } from '../kernel/problems.ts';
import type { ApiAnswer, ApiRequest } from './request.ts';

/** A key is remembered for a day, as long as the longest sensible retry of a client. */
const REMEMBERED_SECONDS = 86_400;
/** Longer than the API's 30 s: whoever held the key by then is dead. */
const LOCK_SECONDS = 60;

export interface IdempotencyRecord {
  /** `{userId}#{operation}#{key}` */
  readonly idempotencyKey: string;
  /** SHA-256 of what was asked. */
  readonly digest: string;
  readonly status: 'in-progress' | 'done';
  /** Id of what the request makes, chosen before anything is made: whoever takes over a dead request makes the same. */
  readonly resourceId: string;
  /** Unix seconds until which nobody else may take the request over. */
  readonly lockedUntil: number;
  /** JSON of the answer, once there is one. */
  readonly answer?: string;
  /** Unix seconds; DynamoDB removes the record some time later. */
  readonly expiresAt: number;
}

export interface IdempotencyStore {
  /** Writes the record unless a living one is there, which it then gives. */
  readonly reserve: (record: IdempotencyRecord, now: number) => Promise<IdempotencyRecord | undefined>;
  /** Puts `heir` in the place of a record whose holder died; false when someone else was quicker. */
  readonly takeOver: (dead: IdempotencyRecord, heir: IdempotencyRecord) => Promise<boolean>;
  readonly complete: (record: IdempotencyRecord, answer: string) => Promise<void>;
  /** Gives the key back for any request. */
  readonly forget: (record: IdempotencyRecord) => Promise<void>;
  /** Lets the same request be repeated at once, for the same resource. */
  readonly unlock: (record: IdempotencyRecord) => Promise<void>;
}

interface Deps {
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
}

/** What an idempotent request does. `make` makes the thing called `resourceId`, or finishes making it. */
export interface IdempotentWork {
  readonly operation: string;
  /** `digestOf` what was asked. */
  readonly digest: string;
  readonly newId: () => string;
  readonly make: (resourceId: string) => Promise<ApiAnswer>;
  /** The part of an answer worth keeping (a record has 400 KB); all of it when absent. */
  readonly remember?: (answer: ApiAnswer) => ApiAnswer;
  /** Completes a remembered answer. */
  readonly recall?: (answer: ApiAnswer, resourceId: string) => Promise<ApiAnswer>;
}

/**
 * Runs `make` once a key. A repetition gets the first answer again, marked `Idempotency-Replayed: true`; throws
 * `request-in-progress` while the first one runs and `idempotency-key-reused` when another request had the key.
 * A request that is refused gives the key back; one that fails on our side can be repeated and goes on where it stood.
 */
export const once =
  ({ idempotency, clock }: Deps) =>
  async (request: Pick<ApiRequest, 'userId' | 'headers'>, work: IdempotentWork): Promise<ApiAnswer> => {
    const key = keyOf(request.headers);
    if (key === undefined) return work.make(work.newId());
    const now = nowSeconds(clock);
    const record: IdempotencyRecord = {
      idempotencyKey: `${request.userId}#${work.operation}#${key}`,
      digest: work.digest,
      status: 'in-progress',
      resourceId: work.newId(),
      lockedUntil: now + LOCK_SECONDS,
      expiresAt: now + REMEMBERED_SECONDS,
    };
    const standing = await idempotency.reserve(record, now);
    if (standing === undefined) return makeAndRemember(idempotency, record, work);
    if (standing.digest !== work.digest) throw reused();
    if (standing.answer !== undefined) return replay(standing.answer, standing.resourceId, work);
    if (standing.lockedUntil > now) throw inProgress(standing.lockedUntil - now);
    const heir = { ...record, resourceId: standing.resourceId };
    if (!(await idempotency.takeOver(standing, heir))) throw inProgress(1);
    return makeAndRemember(idempotency, heir, work);
  };

const keyOf = (headers: ApiRequest['headers']): string | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const message = 'An idempotency key has 1 to 255 visible ASCII characters.';
  throw refused([{ pointer: '/headers/idempotency-key', message, code: 'invalid-request' }]);
};

const makeAndRemember = async (
  store: IdempotencyStore,
  record: IdempotencyRecord,
  { make, remember = (answer) => answer }: IdempotentWork,
): Promise<ApiAnswer> => {
  let answer: ApiAnswer;
  try {
    answer = await make(record.resourceId);
  } catch (error) {
    const refusedForGood = error instanceof ProblemError && PROBLEMS[error.code].status < 500;
    // The request's own error matters more than this one; the lock ends by itself.
    await (refusedForGood ? store.forget(record) : store.unlock(record)).catch(() => undefined);
    throw error;
  }
  // The thing is made: a repetition finds it by its id even when the answer could not be kept.
  await store.complete(record, JSON.stringify(remember(answer))).catch(() => undefined);
  return answer;
};

const replay = async (kept: string, resourceId: string, { recall }: IdempotentWork): Promise<ApiAnswer> => {
  const first = JSON.parse(kept) as ApiAnswer;
  const whole = recall === undefined ? first : await recall(first, resourceId);
  return { ...whole, headers: { ...whole.headers, 'idempotency-replayed': 'true' } };
};

const reused = () => problem('idempotency-key-reused', 'Use a new key for a new request.');

const inProgress = (retryAfterSeconds: number) =>
  problem('request-in-progress', 'Wait for the first request to end, then repeat.', { retryAfterSeconds });

/** SHA-256 over values that JSON can hold and byte arrays, independent of how the body was encoded. */
export const digestOf = (...parts: readonly unknown[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = part instanceof Uint8Array ? part : Buffer.from(JSON.stringify(part) ?? 'null');
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
};
