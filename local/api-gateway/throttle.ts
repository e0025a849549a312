import type { Limit, StageLimits } from './declared.ts';

/** Whether one more request of the route may pass now. */
export type Throttle = (limits: StageLimits, routeKey?: string) => boolean;

interface Bucket {
  tokens: number;
  at: number;
}

function take(bucket: Bucket, { rate, burst }: Limit, now: number): boolean {
  bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * rate);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

/** Token buckets of rate (requests a second) and burst: one for the stage, one for each route with limits of its own. */
export function makeThrottle(nowMs: () => number): Throttle {
  const buckets = new Map<string, Bucket>();
  return ({ limit, routeLimits }, routeKey) => {
    const own = routeKey === undefined ? undefined : routeLimits?.[routeKey];
    const given = own ?? limit;
    if (given === undefined) return true;
    const name = own ? (routeKey ?? '') : '';
    const bucket = buckets.get(name) ?? { tokens: given.burst, at: nowMs() };
    buckets.set(name, bucket);
    return take(bucket, given, nowMs());
  };
}
