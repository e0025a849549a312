import { readSecret } from '../kernel/secret-secrets-manager.ts';
import { noTelephony } from './provider.ts';
import { TwilioAccount } from './twilio-account.ts';
import type { TwilioDependencies } from './twilio-request.ts';

/** How long a rotated key may go unnoticed. */
const FRESH_MS = 5 * 60_000;

/**
 * The stage's Twilio account, read from its secret (`{"accountSid","authToken"}`) at most every five minutes. A stage may
 * name a secret before anybody made it: until then it throws `telephony-not-configured`.
 */
export const twilioAccountOf = (
  secretName: string,
  read: (secretId: string) => Promise<string> = readSecret,
  now: () => number = () => Date.now(),
): (() => Promise<TwilioAccount>) => {
  let known: { readonly account: TwilioAccount; readonly atMs: number } | undefined;
  return async () => {
    if (known !== undefined && now() - known.atMs < FRESH_MS) return known.account;
    const text = await read(secretName).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return noTelephony();
      throw error;
    });
    known = { account: TwilioAccount.parse(JSON.parse(text)), atMs: now() };
    return known.account;
  };
};

export interface TwilioEnv {
  /** Empty: the stage has no account. */
  readonly TWILIO_SECRET_NAME: string;
  readonly TWILIO_API_URL: string;
}

/** How the stage's account is asked; undefined where the stage has none. */
export const stageAccountOf = ({ TWILIO_SECRET_NAME, TWILIO_API_URL }: TwilioEnv): TwilioDependencies | undefined =>
  TWILIO_SECRET_NAME === ''
    ? undefined
    : { account: twilioAccountOf(TWILIO_SECRET_NAME), baseUrl: TWILIO_API_URL, fetch };
