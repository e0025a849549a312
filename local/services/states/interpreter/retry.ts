import type { Catcher, Retrier } from './definition.ts';
import { takesError } from './errors.ts';

/** The part of a state that decides; only Task, Parallel and Map have it. */
export interface Recovery {
  readonly Type?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

/** What becomes of a failed state. */
export type Reaction =
  | { readonly kind: 'retry'; readonly delayMs: number; readonly retries: readonly number[] }
  | { readonly kind: 'catch'; readonly catcher: Catcher }
  | { readonly kind: 'fail' };

/**
 * Decides between retrying, catching and failing. The first retrier that takes the error decides alone, even when its
 * attempts are used up; only then are the catchers asked.
 * @param retries attempts used so far, by index of retrier
 * @param random a number in [0, 1), for full jitter
 */
export const reactTo = (
  errorName: string,
  state: Recovery,
  retries: readonly number[],
  random: () => number,
): Reaction => {
  const index = state.Retry?.findIndex((retrier) => takesError(retrier.ErrorEquals, errorName)) ?? -1;
  const retrier = state.Retry?.[index];
  const used = retries[index] ?? 0;
  if (retrier && used < (retrier.MaxAttempts ?? 3)) {
    const counted = (state.Retry ?? []).map((_, at) => (retries[at] ?? 0) + (at === index ? 1 : 0));
    return { kind: 'retry', delayMs: retryDelayMs(retrier, used, random), retries: counted };
  }
  const catcher = state.Catch?.find((candidate) => takesError(candidate.ErrorEquals, errorName));
  return catcher ? { kind: 'catch', catcher } : { kind: 'fail' };
};

/** Delay before the attempt after `used` retries: exponential, capped, with full jitter where asked. */
const retryDelayMs = (retrier: Retrier, used: number, random: () => number): number => {
  const backoff = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** used;
  const seconds = Math.min(backoff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return Math.round(seconds * 1_000 * (retrier.JitterStrategy === 'FULL' ? random() : 1));
};
