import type { CloudContext } from '../../core/service.ts';

/** Who waits for something to happen to a queue. */
export function makeChanges() {
  const waiting = new Map<string, Set<() => void>>();
  return {
    tell: (name: string): void => {
      const listeners = waiting.get(name);
      waiting.delete(name);
      for (const wake of listeners ?? []) wake();
    },
    /** Resolves at the next change, or when the clock shows `atMs`; `Infinity` is never. */
    orAt: async (name: string, atMs: number, clock: CloudContext['clock'], signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted();
      const woken = new AbortController();
      const either = AbortSignal.any([signal, woken.signal]);
      const wake = () => woken.abort(new Error('the queue changed'));
      const listeners = waiting.get(name) ?? new Set();
      waiting.set(name, listeners.add(wake));
      const asleep =
        atMs === Number.POSITIVE_INFINITY
          ? new Promise<void>((_resolve, reject) => {
              either.addEventListener('abort', () => reject(new Error('woken')), { once: true });
            })
          : clock.sleep(atMs - clock.now(), either);
      await asleep.catch(() => undefined);
      listeners.delete(wake);
      signal.throwIfAborted();
    },
  };
}
