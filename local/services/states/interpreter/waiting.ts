import type { CloudClock } from '../../../core/service.ts';

/** Settles as the promise does, or rejects with the signal's reason when that comes first. */
export const orAborted = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

/** Longer timers of Node fire at once: they are slept in pieces. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Sleeps until the clock shows `timeMs`; rejects with the signal's reason when that is aborted first. */
export const sleepUntil = async (clock: CloudClock, timeMs: number, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted();
  for (let leftMs = timeMs - clock.now(); leftMs > 0; leftMs = timeMs - clock.now()) {
    try {
      await clock.sleep(Math.min(leftMs, MAX_TIMER_MS), signal);
    } catch (error) {
      // A clock may reject with an error of its own; the reason says why it was aborted.
      signal.throwIfAborted();
      throw error;
    }
  }
};
