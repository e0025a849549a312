import * as z from 'zod';
import { TwilioError } from './twilio-account.ts';
import { type TwilioDependencies, twilioRequest } from './twilio-request.ts';

/** The few calls of Twilio's REST API 2010-04-01 that have to do with calls. All throw `TwilioError`, or what `fetch` throws. */
export interface TwilioApi {
  /** Rings a phone; not repeated on its own, since a second try would ring twice. */
  readonly createCall: (call: {
    readonly to: string;
    readonly from: string;
    /** Asked for TwiML once somebody answers. */
    readonly answerUrl: string;
    readonly statusUrl: string;
    readonly ringSeconds: number;
  }) => Promise<{ readonly callSid: string }>;
  /** Ends a call under way; a call that is over already is no error. */
  readonly hangUp: (callSid: string) => Promise<void>;
}

/** "Call is not in-progress": it has ended by itself. */
const CALL_NOT_IN_PROGRESS = 21_220;

const CreatedCall = z.object({ sid: z.string() });

/** The real Twilio, over `fetch`: the SDK alone is several times an API function's size. */
export const twilioApi = (dependencies: TwilioDependencies): TwilioApi => ({
  createCall: async ({ to, from, answerUrl, statusUrl, ringSeconds }) => {
    const created = await twilioRequest(dependencies, 'POST', 'Calls.json', [
      ['To', to],
      ['From', from],
      ['Url', answerUrl],
      ['Method', 'POST'],
      ['StatusCallback', statusUrl],
      ['StatusCallbackMethod', 'POST'],
      ['Timeout', String(ringSeconds)],
      ...['initiated', 'ringing', 'answered', 'completed'].map((event) => ['StatusCallbackEvent', event] as const),
    ]);
    return { callSid: CreatedCall.parse(created).sid };
  },
  hangUp: async (callSid) => {
    try {
      const path = `Calls/${encodeURIComponent(callSid)}.json`;
      await twilioRequest(dependencies, 'POST', path, [['Status', 'completed']]);
    } catch (error) {
      const isOver = error instanceof TwilioError && (error.code === CALL_NOT_IN_PROGRESS || error.status === 404);
      if (!isOver) throw error;
    }
  },
});
