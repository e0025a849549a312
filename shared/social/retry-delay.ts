import { ProblemError } from '../kernel/problems.ts';
import { SendError } from './outbound/send-error.ts';

/** `CustomerMessages` keeps a reply for whoever is sending it for 45 s; whoever comes earlier is turned away. */
const SENDING_SECONDS = 50;
const MAX_BACKOFF_SECONDS = 300;
/** SQS hides a message for 12 hours from when it was handed out, which is at most five minutes ago. */
const MAX_DELAY_SECONDS = 42_900;

/** When a message is tried again that failed for the `receives`th time; what the failure itself says goes first. */
export const retryDelaySeconds = (error: unknown, receives: number): number => {
  const backoff = Math.min(MAX_BACKOFF_SECONDS, 2 ** Math.min(receives, 20));
  if (error instanceof SendError) {
    const wanted = Math.max(SENDING_SECONDS, error.retryAfterSeconds ?? backoff);
    return Math.min(MAX_DELAY_SECONDS, wanted);
  }
  return error instanceof ProblemError ? Math.max(error.retryAfterSeconds ?? 0, backoff) : backoff;
};
