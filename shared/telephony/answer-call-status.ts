import { CallId } from '../calls/call.ts';
import type { CallKey, CallStore } from '../calls/call-store.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { type AnswerTransferDeps, goesOn } from './answer-transfer.ts';
import { demandTwilio } from './demand-twilio.ts';

export interface AnswerCallStatusDeps extends AnswerTransferDeps {
  readonly calls: Pick<CallStore, 'find' | 'findBySid' | 'transition'>;
  /** Frees the line of a call that no stream came for; false when one did. */
  readonly abandon: (call: CallKey, failure: string) => Promise<boolean>;
}

const FAILURES: Readonly<Record<string, string>> = {
  busy: 'The called number was busy.',
  'no-answer': 'Nobody answered.',
  failed: 'The call could not be connected: the number may not exist.',
  canceled: 'The call was cancelled before it was answered.',
  completed: 'The call ended before the agent was on the line.',
};

/**
 * How a call went: one that ended before the agent spoke is over, so is one whose agent had let go of it; one with an
 * owner ends through its stream.
 */
export const answerStatusWebhook =
  (deps: AnswerCallStatusDeps) =>
  async (request: RequestOf<'answerTwilioStatus'>): Promise<ApiAnswer> => {
    await demandTwilio(deps, 'status', request);
    const failure = FAILURES[request.body.CallStatus];
    const key = failure === undefined ? undefined : await toldOf(deps, request);
    if (failure !== undefined && key !== undefined) await over(deps, key, failure);
    return { status: 204 };
  };

const over = async (deps: AnswerCallStatusDeps, key: CallKey, failure: string): Promise<void> => {
  const { abandon, calls, clock } = deps;
  if (await abandon(key, failure)) return;
  await goesOn(deps, key, { isCallerThere: false });
  const call = await calls.find(key);
  if (call?.status !== 'ringing' && call?.status !== 'queued') return;
  await calls.transition(key, 'fail', { failure, endReason: 'failed', endedAtMs: clock.now() });
};

/** A call that we placed is named in the address, one that came in only by the provider's id. */
const toldOf = (
  { calls }: Pick<AnswerCallStatusDeps, 'calls'>,
  { query: { callId, userId }, body: { CallSid } }: RequestOf<'answerTwilioStatus'>,
): Promise<CallKey | undefined> | CallKey =>
  callId === undefined || userId === undefined ? calls.findBySid(CallSid) : { userId, callId: CallId.parse(callId) };
