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
  /** Takes a call back that may not have been answered yet: it rings no more, or is hung up. */
  readonly cancel: (callSid: string) => Promise<void>;
  /** Has Twilio ask this address at once what comes next in a call under way; a call that is over is no error. */
  readonly redirect: (callSid: string, url: string) => Promise<void>;
  /** Ends a call under way; a call that is over already is no error. */
  readonly hangUp: (callSid: string) => Promise<void>;
}

/** "Call is not in-progress": it has ended by itself. */
const CALL_NOT_IN_PROGRESS = 21_220;

const CreatedCall = z.object({ sid: z.string() });
const ChangedCall = z.object({ status: z.string() });

/** The real Twilio, over `fetch`: the SDK alone is several times an API function's size. */
export const twilioApi = (dependencies: TwilioDependencies): TwilioApi => {
  const change = (callSid: string, fields: readonly (readonly [string, string])[]): Promise<unknown> =>
    twilioRequest(dependencies, 'POST', `Calls/${encodeURIComponent(callSid)}.json`, fields);
  /** A call that is over already stays as it is. */
  const changeIfUnderWay = async (callSid: string, fields: readonly (readonly [string, string])[]): Promise<void> => {
    try {
      await change(callSid, fields);
    } catch (error) {
      if (!isOver(error)) throw error;
    }
  };
  const hangUp = (callSid: string): Promise<void> => changeIfUnderWay(callSid, [['Status', 'completed']]);
  return {
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
    cancel: async (callSid) => {
      // `canceled` leaves a call alone that was answered meanwhile, and says so.
      const status = await change(callSid, [['Status', 'canceled']])
        .then((changed) => ChangedCall.parse(changed).status)
        .catch((error: unknown) => (isOver(error) ? 'in-progress' : Promise.reject(error)));
      if (status !== 'canceled') await hangUp(callSid);
    },
    redirect: (callSid, url) =>
      changeIfUnderWay(callSid, [
        ['Url', url],
        ['Method', 'POST'],
      ]),
    hangUp,
  };
};

const isOver = (error: unknown): boolean =>
  error instanceof TwilioError && (error.code === CALL_NOT_IN_PROGRESS || error.status === 404);
