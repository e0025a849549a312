import { createHmac } from 'node:crypto';
import { uriEncoded } from '../../kernel/aws-request.ts';

/** OAuth 1.0a (RFC 5849) of an app acting for a user. */
export interface OAuth1Keys {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly accessToken: string;
  readonly accessTokenSecret: string;
}

/**
 * The `Authorization` header of a request: HMAC-SHA1 over method, address and parameters. A JSON body is no part of it,
 * form fields are `fields`. `nonce` and `timestamp` (Unix seconds) must not repeat.
 */
export const oauth1Header = (
  {
    method,
    url,
    fields = {},
  }: { readonly method: string; readonly url: string; readonly fields?: Readonly<Record<string, string>> },
  { consumerKey, consumerSecret, accessToken, accessTokenSecret }: OAuth1Keys,
  { nonce, timestamp }: { readonly nonce: string; readonly timestamp: number },
): string => {
  const { origin, pathname, searchParams } = new URL(url);
  const oauth = {
    oauth_consumer_key: consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(timestamp),
    oauth_token: accessToken,
    oauth_version: '1.0',
  };
  const parameters = [...Object.entries({ ...oauth, ...fields }), ...searchParams]
    .map(([name, value]) => `${uriEncoded(name)}=${uriEncoded(value)}`)
    .sort()
    .join('&');
  const base = [method, `${origin}${pathname}`, parameters].map(uriEncoded).join('&');
  const key = `${uriEncoded(consumerSecret)}&${uriEncoded(accessTokenSecret)}`;
  const signed = { ...oauth, oauth_signature: createHmac('sha1', key).update(base).digest('base64') };
  return `OAuth ${Object.entries(signed)
    .map(([name, value]) => `${name}="${uriEncoded(value)}"`)
    .join(', ')}`;
};
