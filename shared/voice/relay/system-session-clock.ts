import { setTimeout as pause } from 'node:timers/promises';
import type { SessionClock } from '../session/clock.ts';

/** The machine's time; it may be set back, but a session's never runs backwards. */
export const systemSessionClock = (): SessionClock => {
  let last = 0;
  return {
    now: () => {
      last = Math.max(last, Date.now());
      return last;
    },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await pause(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      });
    },
  };
};
