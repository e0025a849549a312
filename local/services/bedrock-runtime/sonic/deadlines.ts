import { AwsError, type CloudClock } from '../../../core/service.ts';
import { validation } from '../../bedrock/common.ts';

/** A connection lives 8 minutes (Nova 2 user guide, "Managing sessions"). */
const MAX_STREAM_MS = 8 * 60_000;
/** Without input for so long a stream is ended (seen with Nova 2 Sonic; its message names the figure). */
const MAX_IDLE_MS = 55_000;

export interface Deadlines {
  readonly clock: CloudClock;
  /** Aborted when the session is over. */
  readonly signal: AbortSignal;
  /** When audio or interactive content last came, in epoch milliseconds. */
  readonly lastInputMs: () => number;
  readonly hasAudio: () => boolean;
  readonly fail: (error: AwsError) => void;
}

/** Ends a session that lasts or idles for too long. */
export function watchDeadlines(deadlines: Deadlines): void {
  void watchAge(deadlines).catch(() => {});
  void watchIdling(deadlines).catch(() => {});
}

async function watchAge({ clock, signal, fail }: Deadlines): Promise<void> {
  await clock.sleep(MAX_STREAM_MS, signal);
  fail(
    new AwsError(
      'ModelTimeoutException',
      'Model has timed out in processing the request. Try your request again.',
      408,
    ),
  );
}

async function watchIdling({ clock, signal, lastInputMs, hasAudio, fail }: Deadlines): Promise<void> {
  for (;;) {
    const leftMs = lastInputMs() + MAX_IDLE_MS - clock.now();
    if (leftMs <= 0) break;
    await clock.sleep(leftMs, signal);
  }
  const message = hasAudio()
    ? 'Timed out waiting for audio bytes or interactive content. Please ensure gaps between audio bytes and interactive content are less than 55 seconds.'
    : 'Timed out waiting for input events';
  fail(validation(message));
}
