import type { CloudClock } from './service.ts';

function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('aborted');
}

/** The machine's clock. Its timers do not keep the process alive. */
export const realClock: CloudClock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortReason(signal));
      const onAbort = () => {
        clearTimeout(timer);
        reject(abortReason(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      timer.unref();
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

export interface TestClock extends CloudClock {
  /** Moves time on and wakes, in order of their time, those who sleep until then. */
  readonly advance: (ms: number) => Promise<void>;
  /** How many sleep now. */
  readonly sleepers: () => number;
}

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** Lets everything that became runnable run: one turn of the event loop's timers and I/O. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that moves only when told; starts at `startMs` (epoch milliseconds). */
export function testClock(startMs: number): TestClock {
  let nowMs = startMs;
  const sleeping = new Set<Sleeper>();
  const nextBefore = (limitMs: number): Sleeper | undefined =>
    [...sleeping].filter(({ wakeAtMs }) => wakeAtMs <= limitMs).sort((a, b) => a.wakeAtMs - b.wakeAtMs)[0];
  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(abortReason(signal));
        const onAbort = () => {
          sleeping.delete(sleeper);
          reject(abortReason(signal));
        };
        const sleeper: Sleeper = {
          wakeAtMs: nowMs + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    advance: async (ms) => {
      const endMs = nowMs + ms;
      for (let next = nextBefore(endMs); next; next = nextBefore(endMs)) {
        nowMs = Math.max(nowMs, next.wakeAtMs);
        sleeping.delete(next);
        next.wake();
        await settle();
      }
      nowMs = endMs;
      await settle();
    },
    sleepers: () => sleeping.size,
  };
}
