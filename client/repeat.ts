import type { OratioProblem } from './oratio-problem.ts';

/** How often and how long a call is repeated. */
export interface Patience {
  /** Of all, the first among them; 1 means that nothing is repeated. */
  readonly attempts: number;
  /** Longest wait between two attempts. An answer that asks for more is not waited for. */
  readonly maxWaitMs: number;
}

/** Four attempts; an answer that asks for more than half a minute is told to whoever called. */
export const USUAL_PATIENCE: Patience = { attempts: 4, maxWaitMs: 30_000 };

/** What is known of a request that failed. */
export interface Failure {
  readonly problem: OratioProblem;
  /** Attempts that were made, this one among them. */
  readonly attempt: number;
  /** Whether a repetition does nothing that the first has not done. */
  readonly repeatable: boolean;
}

const BASE_WAIT_MS = 500;

/**
 * Milliseconds to wait before the next attempt, or undefined when there shall be none. Repeated is what may be, and
 * only when the service says it is busy (429, 503) or did not answer. `chance` is in [0, 1): without it, all clients
 * of an outage would come back at the same moment.
 */
export function waitBeforeRepeating(
  { problem, attempt, repeatable }: Failure,
  patience: Patience,
  chance: number,
): number | undefined {
  const passing = problem.status === 429 || problem.status === 503 || problem.status === 0;
  if (!repeatable || !passing || !problem.retryable || attempt >= patience.attempts) return undefined;
  const askedMs = (problem.retryAfterSeconds ?? 0) * 1_000;
  if (askedMs > patience.maxWaitMs) return undefined;
  const ownMs = BASE_WAIT_MS * 2 ** (attempt - 1) * (0.5 + chance / 2);
  return Math.min(patience.maxWaitMs, Math.max(askedMs, ownMs));
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
