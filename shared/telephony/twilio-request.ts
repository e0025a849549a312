import * as z from 'zod';
import { type TwilioAccount, TwilioError } from './twilio-account.ts';

export interface TwilioDependencies {
  /** Asked at each call: the secret may be rotated. */
  readonly account: () => Promise<TwilioAccount>;
  /** `https://api.twilio.com`. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

/** Twilio answers within a second or two; a caller waits meanwhile. */
const TIMEOUT_MS = 8000;

const Refusal = z.object({ code: z.number().optional(), message: z.string().optional() });

/** One request to the account's part of Twilio's REST API 2010-04-01. Throws `TwilioError`, or what `fetch` throws. */
export const twilioRequest = async (
  { account, baseUrl, fetch: send }: TwilioDependencies,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  fields?: readonly (readonly [string, string])[],
): Promise<unknown> => {
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
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
