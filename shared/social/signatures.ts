import { createHmac, timingSafeEqual } from 'node:crypto';

/** What Meta puts into `X-Hub-Signature-256`: hexadecimal HMAC-SHA256 of the very bytes, keyed with the app's secret. */
export const metaSignature = (appSecret: string, bytes: Uint8Array): string =>
  `sha256=${createHmac('sha256', appSecret).update(bytes).digest('hex')}`;

/** What X puts into `x-twitter-webhooks-signature`, and answers to its CRC: base64, unlike Meta's. */
export const twitterSignature = (consumerSecret: string, bytes: Uint8Array | string): string =>
  `sha256=${createHmac('sha256', consumerSecret).update(bytes).digest('base64')}`;

/** Compares in constant time; lengths are no secret. */
export const isSame = (expected: string, given: string | undefined): boolean => {
  const [one, other] = [Buffer.from(expected), Buffer.from(given ?? '')];
  return one.length === other.length && timingSafeEqual(one, other);
};
