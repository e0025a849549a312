import { readSecret } from '../kernel/secret-secrets-manager.ts';
import { TwilioAccount } from './twilio-api.ts';

/** How long a rotated key may go unnoticed. */
const FRESH_MS = 5 * 60_000;

/** The stage's Twilio account, read from its secret (`{"accountSid","authToken"}`) at most every five minutes. */
export const twilioAccountOf = (
  secretName: string,
  read: (secretId: string) => Promise<string> = readSecret,
  now: () => number = () => Date.now(),
): (() => Promise<TwilioAccount>) => {
  let known: { readonly account: TwilioAccount; readonly atMs: number } | undefined;
  return async () => {
    if (known !== undefined && now() - known.atMs < FRESH_MS) return known.account;
    known = { account: TwilioAccount.parse(JSON.parse(await read(secretName))), atMs: now() };
    return known.account;
  };
};
