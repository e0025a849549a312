import * as z from 'zod';

/** The stage's Twilio account, as its secret holds it. */
export const TwilioAccount = z.object({
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/),
  authToken: z.string().min(16),
});
export type TwilioAccount = z.output<typeof TwilioAccount>;

/** What Twilio answered when it refused; `code` is Twilio's own (twilio.com/docs/api/errors). */
export class TwilioError extends Error {
  readonly status: number;
  readonly code: number | undefined;
  constructor(status: number, code: number | undefined, message: string) {
    super(message);
    this.name = 'TwilioError';
    this.status = status;
    this.code = code;
  }
}

/** The few calls of Twilio's REST API 2010-04-01 that the product makes. All throw `TwilioError`, or what `fetch` throws. */
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
  /** Undefined when the account has no such number. */
  readonly findNumber: (
    phoneNumber: string,
  ) => Promise<{ readonly sid: string; readonly voiceUrl: string } | undefined>;
  /** Whom the number's calls are told to; empty text: nobody. */
  readonly pointNumber: (
    sid: string,
    webhooks: { readonly voiceUrl: string; readonly statusUrl: string },
  ) => Promise<void>;
}

export interface TwilioDependencies {
  /** Asked at each call: the secret may be rotated. */
  readonly account: () => Promise<TwilioAccount>;
  /** `https://api.twilio.com`. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

/** Twilio answers within a second or two; a caller waits meanwhile. */
const TIMEOUT_MS = 8000;
/** "Call is not in-progress": it has ended by itself. */
const CALL_NOT_IN_PROGRESS = 21_220;

const CreatedCall = z.object({ sid: z.string() });
const Numbers = z.object({
  incoming_phone_numbers: z.array(z.object({ sid: z.string(), voice_url: z.string().nullable() })),
});
const Refusal = z.object({ code: z.number().optional(), message: z.string().optional() });

/** The real Twilio, over `fetch`: the SDK alone is several times an API function's size. */
export const twilioApi = (dependencies: TwilioDependencies): TwilioApi => ({
  createCall: async ({ to, from, answerUrl, statusUrl, ringSeconds }) => {
    const created = await request(dependencies, 'POST', 'Calls.json', [
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
      await request(dependencies, 'POST', `Calls/${encodeURIComponent(callSid)}.json`, [['Status', 'completed']]);
    } catch (error) {
      const isOver = error instanceof TwilioError && (error.code === CALL_NOT_IN_PROGRESS || error.status === 404);
      if (!isOver) throw error;
    }
  },
  findNumber: async (phoneNumber) => {
    const path = `IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(phoneNumber)}&PageSize=1`;
    const [found] = Numbers.parse(await request(dependencies, 'GET', path)).incoming_phone_numbers;
    return found && { sid: found.sid, voiceUrl: found.voice_url ?? '' };
  },
  pointNumber: async (sid, { voiceUrl, statusUrl }) => {
    await request(dependencies, 'POST', `IncomingPhoneNumbers/${encodeURIComponent(sid)}.json`, [
      ['VoiceUrl', voiceUrl],
      ['VoiceMethod', 'POST'],
      ['StatusCallback', statusUrl],
      ['StatusCallbackMethod', 'POST'],
    ]);
  },
});

async function request(
  { account, baseUrl, fetch: send }: TwilioDependencies,
  method: 'GET' | 'POST',
  path: string,
  fields?: readonly (readonly [string, string])[],
): Promise<unknown> {
  const { accountSid, authToken } = await account();
  const response = await send(`${baseUrl}/2010-04-01/Accounts/${accountSid}/${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(fields === undefined
      ? {}
      : { body: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])) }),
  });
  const text = await response.text();
  if (response.ok) return text === '' ? {} : (JSON.parse(text) as unknown);
  const refusal = Refusal.safeParse(parsed(text)).data;
  throw new TwilioError(response.status, refusal?.code, refusal?.message ?? `Twilio answered ${response.status}.`);
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
