/** A bucket that holds `burst` and gets one more each `refillMs`. */
export interface RateLimit {
  readonly burst: number;
  readonly refillMs: number;
}

/** Counts by key, on the clock that it is told. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #buckets = new Map<string, { left: number; atMs: number }>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  #bucket(key: string, nowMs: number): { left: number; atMs: number } {
    const { burst, refillMs } = this.#limit;
    const bucket = this.#buckets.get(key) ?? { left: burst, atMs: nowMs };
    const left = Math.min(burst, bucket.left + (nowMs - bucket.atMs) / refillMs);
    const refilled = { left, atMs: nowMs };
    this.#buckets.set(key, refilled);
    return refilled;
  }

  /** False when there is none left. */
  take(key: string, nowMs: number): boolean {
    const bucket = this.#bucket(key, nowMs);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }
}

/** So many in each window of time that begins with the first, as X counts. */
export class WindowLimiter {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #windows = new Map<string, { used: number; untilMs: number }>();

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** `remaining` is negative for one too many. */
  take(key: string, nowMs: number): { readonly limit: number; readonly remaining: number; readonly resetAtMs: number } {
    const known = this.#windows.get(key);
    const window = known && known.untilMs > nowMs ? known : { used: 0, untilMs: nowMs + this.#windowMs };
    this.#windows.set(key, window);
    const remaining = this.#most - window.used - 1;
    if (remaining >= 0) window.used += 1;
    return { limit: this.#most, remaining, resetAtMs: window.untilMs };
  }
}
