import { realClock } from '../../../local/core/clock.ts';
import type { CloudClock } from '../../../local/core/service.ts';

export interface MovableClock extends CloudClock {
  /** How far the cloud is ahead of the machine, in milliseconds. */
  aheadMs: number;
}

/** The machine's time, which a test may move on at once; who waits for it waits as long as ever. */
export const movableClock = (): MovableClock => {
  const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs, sleep: realClock.sleep };
  return clock;
};

export interface Gate {
  readonly clock: CloudClock;
  /** A delay for the fault `slow` that ends when the gate opens, and not before. */
  readonly delayMs: number;
  readonly open: () => void;
  /** Resolves when somebody waits at the gate. */
  readonly reached: Promise<void>;
}

/** The machine's clock, but whoever sleeps for `delayMs` sleeps until the test opens the gate. */
export const gatedClock = (): Gate => {
  const delayMs = 86_399_999;
  const [opened, reached] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const sleep: CloudClock['sleep'] = (ms, signal) => {
    if (ms !== delayMs) return realClock.sleep(ms, signal);
    reached.resolve();
    return opened.promise;
  };
  return { clock: { now: realClock.now, sleep }, delayMs, open: opened.resolve, reached: reached.promise };
};
