import { createHmac, timingSafeEqual } from 'node:crypto';

/** Parameters of an `OAuth …` header; undefined for another scheme. */
export function readOAuth(authorization: string): Readonly<Record<string, string>> | undefined {
  if (!/^OAuth\s/i.test(authorization)) return undefined;
  const pairs = authorization.slice(6).matchAll(/([\w-]+)="([^"]*)"/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, decodeURIComponent(value)]));
}

/** RFC 3986: what `encodeURIComponent` leaves alone is encoded, too. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

interface Secrets {
  readonly consumerSecret: string;
  readonly tokenSecret: string;
}

/** Whether the signature is of this very request (RFC 5849, HMAC-SHA1). Of bodies only form fields are signed: `form`. */
export function isSigned(
  request: { readonly method: string; readonly url: URL },
  oauth: Readonly<Record<string, string>>,
  { consumerSecret, tokenSecret }: Secrets,
  form: readonly (readonly [string, string])[] = [],
): boolean {
  const { oauth_signature: given = '', realm: _realm, ...signed } = oauth;
  const parameters = [...Object.entries(signed), ...request.url.searchParams, ...form]
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a, one], [b, other]) => (a === b ? order(one, other) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const address = `${request.url.origin}${request.url.pathname}`;
  const base = [request.method.toUpperCase(), address, parameters].map(encoded).join('&');
  const key = `${encoded(consumerSecret)}&${encoded(tokenSecret)}`;
  const expected = createHmac('sha1', key).update(base).digest();
  const actual = Buffer.from(given, 'base64');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
