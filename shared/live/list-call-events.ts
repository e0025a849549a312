import * as z from 'zod';
import { asOf } from '../calls/as-of.ts';
import { type Call, type CallEntry, CallId } from '../calls/call.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { callNotFound, raise } from '../kernel/problems.ts';
import { endedEvent } from './call-feed.ts';
import { liveEventOf } from './live-event.ts';
import type { LiveEvent } from './live-views.ts';

export const ListCallEventsEnv = z.object({ CALLS_TABLE: text, CONVERSATIONS_TABLE: text });

export interface ListCallEventsDeps {
  readonly calls: Pick<CallStore, 'find' | 'entries'>;
  readonly clock: Clock;
}

/** What has happened in one of the caller's calls, after the event that they know. */
export const listCallEvents =
  ({ calls, clock }: ListCallEventsDeps) =>
  async ({ userId, params, query }: RequestOf<'listCallEvents'>): Promise<ApiAnswer> => {
    const asked = params.callId ?? '';
    const callId = CallId.safeParse(asked.toLowerCase());
    if (!callId.success) throw callNotFound(asked);
    // The row first: a call that has ended by then has all its entries.
    const call = (await calls.find({ userId, callId: callId.data })) ?? raise(callNotFound(asked));
    const { after } = query;
    const events = recordedEvents(asOf(call, clock.now()), await calls.entries(call)).filter(
      ({ seq }) => after === undefined || (seq ?? 0) > after,
    );
    return { status: 200, body: { events, next: events.at(-1)?.seq ?? after ?? null } };
  };

/** All that a call's record tells, its end included. Pure. */
export const recordedEvents = (call: Call, entries: readonly CallEntry[]): readonly LiveEvent[] => {
  const events = entries.map(liveEventOf);
  const { status, endReason: reason, endedAtMs: atMs } = call;
  if ((status !== 'completed' && status !== 'failed') || reason === undefined || atMs === undefined) return events;
  return [...events, endedEvent({ status, reason, atMs, seq: (entries.at(-1)?.seq ?? -1) + 1 })];
};
