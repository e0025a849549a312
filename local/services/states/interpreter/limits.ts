import { StatesError } from './errors.ts';

/** Service quotas of Standard workflows (developer guide, "Step Functions service quotas", read in 2026). */
export const MAX_PAYLOAD_BYTES = 262_144;
const MAX_HISTORY_EVENTS = 25_000;
export const MAX_WAIT_SECONDS = 99_999_999;
/** All variables an execution holds at once. */
export const MAX_VARIABLES_BYTES = 10 * 1024 * 1024;

/** Throws `States.DataLimitExceeded` when the value is larger than a state may carry. */
export const requirePayload = (value: unknown, what: string, maxBytes = MAX_PAYLOAD_BYTES): void => {
  if (Buffer.byteLength(JSON.stringify(value) ?? '') > maxBytes) {
    throw new StatesError(
      'States.DataLimitExceeded',
      `The ${what} has a size exceeding the maximum number of bytes service limit.`,
    );
  }
};

/** Passes a history entry's id on; throws `States.Runtime`, which nothing can catch, once the history is full. */
export const requireHistoryRoom = (entryId: number): number => {
  if (entryId <= MAX_HISTORY_EVENTS) return entryId;
  throw new StatesError(
    'States.Runtime',
    `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`,
  );
};
