/** One second's worth of messages of a connection; what is over it is dropped. */
export interface TokenBucket {
  tokens: number;
  atMs: number;
  dropped: number;
}

/**
 * A phone sends 50 frames a second, a browser at most 50 (20 ms); twice that is no caller. The bucket lives in the
 * process: where Lambda spreads a connection over several, each lets that many through, and API Gateway's throttle
 * bounds them all. A count that all shared would be a write for every frame.
 */
const MESSAGES_PER_SECOND = 100;
/** A client that is asked for its last words sends fifteen seconds of frames at once, 40 ms each. */
const BURST = 400;
/** Two seconds of nothing but too much: then the connection is closed. */
const MAX_DROPPED = 2 * MESSAGES_PER_SECOND;

export const fullBucket = (nowMs: number): TokenBucket => ({ tokens: BURST, atMs: nowMs, dropped: 0 });

/** `close`: the connection has gone on sending too much. */
export const take = (bucket: TokenBucket, nowMs: number): 'pass' | 'first-drop' | 'drop' | 'close' => {
  const refill = (Math.max(0, nowMs - bucket.atMs) * MESSAGES_PER_SECOND) / 1000;
  bucket.tokens = Math.min(BURST, bucket.tokens + refill);
  bucket.atMs = Math.max(bucket.atMs, nowMs);
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 'pass';
  }
  bucket.dropped += 1;
  if (bucket.dropped > MAX_DROPPED) return 'close';
  return bucket.dropped === 1 ? 'first-drop' : 'drop';
};
