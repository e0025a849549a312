import * as z from 'zod';
import type { ControlStore } from '../control/control-store.ts';
import { controllerView } from '../control/control-views.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { callNotFound, raise } from '../kernel/problems.ts';
import { asOf } from './as-of.ts';
import { CallId } from './call.ts';
import type { CallStore } from './call-store.ts';
import { callView } from './call-views.ts';
import { type Recordings, recordingKey } from './recordings.ts';

export const GetCallEnv = z.object({
  CALLS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  RECORDINGS_BUCKET: text,
  VOICE_SESSIONS_TABLE: text,
});

export interface GetCallDeps {
  readonly calls: Pick<CallStore, 'find' | 'entries'>;
  /** Who has a call in hand. */
  readonly control: Pick<ControlStore, 'controller'>;
  readonly recordings: Recordings;
  readonly clock: Clock;
}

/** A call with all that happened in it, also while it goes on. */
export const getCall =
  ({ calls, control, recordings, clock }: GetCallDeps) =>
  async ({ userId, operator, params }: RequestOf<'getCall'>): Promise<ApiAnswer> => {
    const asked = params.callId ?? '';
    const callId = CallId.safeParse(asked.toLowerCase());
    if (!callId.success) throw callNotFound(asked);
    const call = (await calls.find({ userId, callId: callId.data })) ?? raise(callNotFound(asked));
    const [entries, recordingUrls, controller] = await Promise.all([
      calls.entries(call),
      Promise.all((call.recordedParts ?? []).map((part) => recordings.address(recordingKey(call, part)))),
      call.endedAtMs === undefined ? control.controller(call.callId) : undefined,
    ]);
    const nowMs = clock.now();
    const inHand = controllerView(controller, operator, nowMs);
    return { status: 200, body: callView(asOf(call, nowMs), entries, recordingUrls, inHand) };
  };
