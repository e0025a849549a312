import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Twilio's signature of a request (Twilio docs, "Webhooks security"): base64 HMAC-SHA1, keyed with the account's auth
 * token, over the exact public URL followed by every form field, sorted by name, as name and value without separators.
 * A WebSocket handshake has no fields.
 */
export const twilioSignature = (
  authToken: string,
  url: string,
  fields: Readonly<Record<string, string | readonly string[]>> = {},
): string => {
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + fieldText(name, fields[name] ?? ''), url);
  return createHmac('sha1', authToken).update(Buffer.from(signed, 'utf8')).digest('base64');
};

/** A field given more than once counts each value once, sorted, each after its name. */
const fieldText = (name: string, value: string | readonly string[]): string =>
  typeof value === 'string'
    ? name + value
    : [...new Set(value)]
        .sort()
        .map((one) => name + one)
        .join('');

/** Whether Twilio signed this request; compares in constant time. `url` is the address Twilio was given, not what `Host` claims. */
export const isSignedByTwilio = (
  authToken: string,
  signature: string | undefined,
  url: string,
  fields: Readonly<Record<string, string | readonly string[]>> = {},
): boolean => {
  if (signature === undefined) return false;
  const [expected, given] = [Buffer.from(twilioSignature(authToken, url, fields)), Buffer.from(signature)];
  return expected.length === given.length && timingSafeEqual(expected, given);
};
