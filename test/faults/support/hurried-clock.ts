import { realClock } from '../../../local/core/clock.ts';
import type { CloudClock } from '../../../local/core/service.ts';

/**
 * A clock on which time passes `factor` times as fast from `startMs` on, for functions too: what AWS lets one wait
 * minutes for takes seconds.
 */
export const hurriedClock = (factor: number, startMs = Date.now()): CloudClock => ({
  now: () => startMs + Math.round((Date.now() - startMs) * factor),
  sleep: (ms, signal) => realClock.sleep(ms / factor, signal),
});
