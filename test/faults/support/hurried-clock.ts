import { realClock } from '../../../local/core/clock.ts';
import type { CloudClock } from '../../../local/core/service.ts';

/** The true time, but those who wait for it wait a share of it: retries and polls of hours take minutes. */
export const hurriedClock = (factor: number): CloudClock => ({
  now: realClock.now,
  sleep: (ms, signal) => realClock.sleep(ms / factor, signal),
});
