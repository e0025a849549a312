import type { ApiStage } from './api-registry.ts';

/** A token bucket of the stage's rate (requests a second) and burst; takes one token a request. */
export function makeThrottle(nowMs: () => number): (stage: ApiStage) => boolean {
  let tokens: number | undefined;
  let at = nowMs();
  return ({ rateLimit, burstLimit }) => {
    if (rateLimit === undefined || burstLimit === undefined) return true;
    const now = nowMs();
    tokens = Math.min(burstLimit, (tokens ?? burstLimit) + ((now - at) / 1000) * rateLimit);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
