import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bucket, type BucketStore, RateLimits, rateLimiter } from '../../shared/http/rate-limit.ts';
import { dynamoBucketStore } from '../../shared/http/rate-limit-aws.ts';
import type { UserId } from '../../shared/kernel/ids.ts';
import { ProblemError } from '../../shared/kernel/problems.ts';
import { startTables, TABLES } from '../access/support/tables.ts';
import { jsonEvent } from '../agents/support/events.ts';
import { httpLambda } from './support/api-lambda.ts';

/** Buckets as DynamoDB keeps them, and how often they were written to. */
const memory = () => {
  const full = new Map<string, number>();
  let writes = 0;
  const write = (key: string, isRight: boolean, next: number): Promise<number | undefined> => {
    writes += 1;
    if (isRight) full.set(key, next);
    return Promise.resolve(isRight ? next : undefined);
  };
  const store: BucketStore = {
    fromFull: ({ bucketKey, nowMs, costMs }) => write(bucketKey, (full.get(bucketKey) ?? 0) <= nowMs, nowMs + costMs),
    fromFilling: ({ bucketKey, nowMs, costMs, debtMs }) => {
      const at = full.get(bucketKey) ?? 0;
      return write(bucketKey, at > nowMs && at <= nowMs + debtMs, at + costMs);
    },
  };
  return { store, writes: () => writes };
};

const limits = RateLimits.parse({ user: { perSecond: 2, burst: 3 }, key: { perSecond: 1, burst: 1 } });
const ann = { userId: 'ann' as UserId };
const attempt = async (trying: Promise<void>): Promise<'taken' | number | undefined> => {
  try {
    await trying;
    return 'taken';
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'too-many-requests') return error.retryAfterSeconds;
    throw error;
  }
};

describe('a bucket of requests', () => {
  it('takes a burst, then one for each token that has come since, of each user and key apart', async () => {
    let now = 1_000_000;
    const limit = rateLimiter(memory().store, limits, () => now);
    const burst = [];
    for (let index = 0; index < 5; index += 1) burst.push(await attempt(limit(ann)));
    const others = [await attempt(limit({ userId: 'bob' as UserId })), await attempt(limit({ ...ann, keyId: 'k' }))];
    now += 500;
    const later = [await attempt(limit(ann)), await attempt(limit(ann)), await attempt(limit({ ...ann, keyId: 'k' }))];
    expect({ burst, others, later }).toEqual({
      burst: ['taken', 'taken', 'taken', 1, 1],
      others: ['taken', 'taken'],
      later: ['taken', 1, 1],
    });
  });

  it('costs one write a request of somebody who is no machine, and none while it refuses', async () => {
    let now = 0;
    const { store, writes } = memory();
    const limit = rateLimiter(store, limits, () => now);
    for (let index = 0; index < 10; index += 1) {
      now += 600;
      await limit(ann);
    }
    expect(writes()).toBe(10);
    const before = writes();
    for (let index = 0; index < 100; index += 1) await attempt(limit(ann));
    // The rest of the burst, the first of which is guessed from memory, and what was refused once.
    expect(writes() - before).toBeLessThanOrEqual(4);
  });

  it('never takes more than the burst and what has come in since, however many processes ask', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ waitMs: fc.nat(900), process: fc.nat(2) }), { minLength: 1, maxLength: 60 }),
        async (steps) => {
          let now = 5_000_000;
          const { store } = memory();
          const processes = [0, 1, 2].map(() => rateLimiter(store, limits, () => now));
          let taken = 0;
          for (const { waitMs, process } of steps) {
            now += waitMs;
            if ((await attempt(processes[process]?.(ann) ?? Promise.resolve())) === 'taken') taken += 1;
          }
          expect(taken).toBeLessThanOrEqual(3 + ((now - 5_000_000) / 1000) * 2);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the buckets in DynamoDB', () => {
  let world: Awaited<ReturnType<typeof startTables>>;
  beforeAll(async () => {
    world = await startTables();
  });
  afterAll(() => world?.stop());

  it('are taken from by one conditional write each, races included', async () => {
    const { credentials, region, endpoint } = world.settings as {
      credentials: { accessKeyId: string; secretAccessKey: string };
      region: string;
      endpoint: string;
    };
    // Any table with one key serves: the key's name is the only thing about it that counts.
    const context = { region, keys: credentials, endpointUrl: endpoint, now: Date.now, pause: async () => undefined };
    const store = dynamoBucketStore(TABLES.RATE_LIMITS_TABLE, context);
    const at = (nowMs: number): Bucket => ({ bucketKey: 'user#ann', costMs: 500, debtMs: 1000, nowMs });
    expect([await store.fromFilling(at(1000)), await store.fromFull(at(1000)), await store.fromFull(at(1000))]).toEqual(
      [undefined, 1500, undefined],
    );
    const racing = await Promise.all([1, 2, 3, 4, 5].map(() => store.fromFilling(at(1000))));
    expect(racing.filter((full) => full !== undefined).toSorted((a, b) => a - b)).toEqual([2000, 2500]);
  });
});

describe('an operation that changes something', () => {
  it('is refused with 429 and when to come again; reading is not', async () => {
    const answer = async () => ({ status: 200, body: {} });
    const limit = rateLimiter(memory().store, limits, () => 0);
    const limited = httpLambda({ deleteAgent: answer, listAgents: answer }, () => {}, limit);
    const event = (routeKey: string) => jsonEvent({ routeKey, user: 'ann', params: { agentId: 'a' } }, {});
    const statuses = [];
    for (let index = 0; index < 4; index += 1) {
      const { statusCode, headers } = await limited(event('DELETE /api/v1/agents/{agentId}'));
      statuses.push([statusCode, headers?.['retry-after']]);
    }
    expect(statuses).toEqual([
      [200, undefined],
      [200, undefined],
      [200, undefined],
      [429, '1'],
    ]);
    expect((await limited(event('GET /api/v1/agents'))).statusCode).toBe(200);
  });
});
