import type { Call } from './call.ts';

/** A caller who holds a ticket must connect within a minute, and an owner answers within seconds. */
const START_DEADLINE_MS = 180_000;

/**
 * The call as its tenant should see it: one that nobody connected for is shown as failed, although nobody was there to
 * write it down. Pure.
 */
export const asOf = (call: Call, nowMs: number): Call => {
  if (call.status !== 'starting' || call.createdAtMs + START_DEADLINE_MS > nowMs) return call;
  const endedAtMs = call.createdAtMs + START_DEADLINE_MS;
  return { ...call, status: 'failed', endedAtMs, endReason: 'client-gone', failure: 'Nobody connected in time.' };
};
