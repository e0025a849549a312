import { createHmac, randomBytes } from 'node:crypto';

/** An account of the embedded Twilio, as the stage's secret holds it. */
export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
}

/** Twilio's ids: two letters and 32 hexadecimal digits. */
export const newSid = (kind: 'AC' | 'CA' | 'MZ' | 'PN'): string => kind + randomBytes(16).toString('hex');

/** An account that nobody had before. */
export const newAccount = (): TwilioAccount => ({
  accountSid: newSid('AC'),
  authToken: randomBytes(16).toString('hex'),
});

/** Fields of a form, in the order they are sent. */
export type Fields = Readonly<Record<string, string>>;

/**
 * Twilio's signature (Twilio docs, "Webhooks security"): the address exactly as it was configured, then each field by
 * name, as name and value; HMAC-SHA1 with the auth token, base64. A WebSocket handshake has no fields.
 */
export function signatureOf({ authToken }: TwilioAccount, url: string, fields: Fields = {}): string {
  const names = Object.keys(fields).sort();
  const text = url + names.map((name) => `${name}${fields[name]}`).join('');
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

/** The `Authorization` header of the account's own requests. */
export const basicAuth = ({ accountSid, authToken }: TwilioAccount): string =>
  `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
