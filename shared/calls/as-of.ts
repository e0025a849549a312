import type { Call, CallStatus } from './call.ts';

interface Deadline {
  readonly afterMs: number;
  readonly endReason: NonNullable<Call['endReason']>;
  readonly failure: string;
}

const MINUTE_MS = 60_000;

/**
 * No call stays longer in these, counted from its beginning: a request dials within seconds; a phone rings for forty
 * and its callee may hold the line for minutes; who holds a ticket connects within one; settings allow eight hours of
 * talk (`maxCallMinutes`).
 */
const DEADLINES: Partial<Record<CallStatus, Deadline>> = {
  queued: { afterMs: 5 * MINUTE_MS, endReason: 'failed', failure: 'The request broke off before the phone rang.' },
  ringing: { afterMs: 15 * MINUTE_MS, endReason: 'failed', failure: 'Nobody answered.' },
  starting: { afterMs: 3 * MINUTE_MS, endReason: 'client-gone', failure: 'Nobody connected in time.' },
  active: { afterMs: 495 * MINUTE_MS, endReason: 'failed', failure: 'The call broke off on our side.' },
};

/** What was ringing before is starting later than a call that began so. */
const deadlineOf = ({ status, direction }: Call): Deadline | undefined => {
  const deadline = DEADLINES[status];
  const isDialled = status === 'starting' && direction === 'outbound';
  return isDialled && deadline !== undefined
    ? { ...deadline, afterMs: deadline.afterMs + 15 * MINUTE_MS, failure: 'The phone’s stream never came.' }
    : deadline;
};

/**
 * The call as its tenant should see it: one whose end nobody was there to write down is shown as failed. Its line is
 * free long since: lines expire unless an owner renews them. Pure.
 */
export const asOf = (call: Call, nowMs: number): Call => {
  const deadline = deadlineOf(call);
  if (deadline === undefined || call.createdAtMs + deadline.afterMs > nowMs) return call;
  const { afterMs, endReason, failure } = deadline;
  return { ...call, status: 'failed', endedAtMs: call.createdAtMs + afterMs, endReason, failure };
};
