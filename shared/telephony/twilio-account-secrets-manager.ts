import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { TwilioAccount } from './twilio-api.ts';

/** How long a rotated key may go unnoticed. */
const FRESH_MS = 5 * 60_000;

/** The stage's Twilio account, read from its secret (`{"accountSid","authToken"}`) at most every five minutes. */
export const twilioAccountOf = (
  SecretId: string,
  client: SecretsManagerClient = new SecretsManagerClient({}),
  now: () => number = () => Date.now(),
): (() => Promise<TwilioAccount>) => {
  let known: { readonly account: TwilioAccount; readonly atMs: number } | undefined;
  return async () => {
    if (known !== undefined && now() - known.atMs < FRESH_MS) return known.account;
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    known = { account: TwilioAccount.parse(JSON.parse(SecretString ?? 'null')), atMs: now() };
    return known.account;
  };
};
