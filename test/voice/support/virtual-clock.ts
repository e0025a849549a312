import type { SessionClock } from '../../../shared/voice/session/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** A clock that stands still until it is told to go on; all that became due runs in order, and what it causes as well. */
export interface VirtualClock extends SessionClock {
  readonly advance: (ms: number) => Promise<void>;
  /** Goes on until the work is done, at most so long. Throws when it is not done by then. */
  readonly until: <Value>(work: Promise<Value>, atMostMs: number) => Promise<Value>;
}

export function virtualClock(startMs = Date.UTC(2026, 10, 21, 9)): VirtualClock {
  let nowMs = startMs;
  let timers: Timer[] = [];

  const add = (timer: Timer): void => {
    const at = timers.findLastIndex(({ atMs }) => atMs <= timer.atMs) + 1;
    timers.splice(at, 0, timer);
  };

  const fireNext = async (limitMs: number): Promise<boolean> => {
    const next = timers[0];
    if (!next || next.atMs > limitMs) return false;
    nowMs = Math.max(nowMs, next.atMs);
    const due = timers.filter(({ atMs }) => atMs <= nowMs);
    timers = timers.slice(due.length);
    for (const { fire } of due) {
      fire();
      await settled();
    }
    return true;
  };

  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const onAbort = (): void => {
          timers = timers.filter((other) => other !== timer);
          reject(signal?.reason as Error);
        };
        const timer = {
          atMs: nowMs + Math.max(0, ms),
          fire: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        add(timer);
      }),
    async advance(ms) {
      const limitMs = nowMs + ms;
      await settled();
      while (await fireNext(limitMs));
      nowMs = limitMs;
      await settled();
    },
    async until(work, atMostMs) {
      const limitMs = nowMs + atMostMs;
      let isDone = false;
      work.then(
        () => {
          isDone = true;
        },
        () => {
          isDone = true;
        },
      );
      await settled();
      while (!isDone && (await fireNext(limitMs)));
      if (!isDone) throw new Error(`Not done after ${atMostMs} ms.`);
      return work;
    },
  };
}

/** All promises that can go on have gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
