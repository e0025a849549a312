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

export interface JumpingClock extends CloudClock {
  /** Moves the cloud's time on at once; who sleeps until then wakes. */
  readonly jump: (ms: number) => void;
}

/** The machine's time, but a test may jump over what somebody waits for. */
export const jumpingClock = (): JumpingClock => {
  let aheadMs = 0;
  const sleepers = new Set<{ readonly wakeAtMs: number; readonly wake: AbortController }>();
  const now = () => Date.now() + aheadMs;
  return {
    now,
    sleep: async (ms, signal) => {
      const sleeper = { wakeAtMs: now() + ms, wake: new AbortController() };
      const either = signal === undefined ? sleeper.wake.signal : AbortSignal.any([signal, sleeper.wake.signal]);
      sleepers.add(sleeper);
      try {
        await realClock.sleep(ms, either);
      } catch (error) {
        if (!sleeper.wake.signal.aborted) throw error;
      } finally {
        sleepers.delete(sleeper);
      }
    },
    jump: (ms) => {
      aheadMs += ms;
      for (const { wakeAtMs, wake } of sleepers) if (wakeAtMs <= now()) wake.abort(new Error('time has jumped'));
    },
  };
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
