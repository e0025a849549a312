import { createHash, createHmac } from 'node:crypto';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Where and as whom this process calls AWS; Lambda puts all of it into the environment. */
export interface AwsContext {
  readonly region: string;
  readonly keys: AwsKeys;
  /** `AWS_ENDPOINT_URL`: everything goes there instead of to AWS. */
  readonly endpointUrl: string | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

export interface AwsRequest {
  /** As in a credential scope: `s3`, `states`. */
  readonly service: string;
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** For all of an attempt; 10 s when absent. */
  readonly timeoutMs?: number;
  /** Attempts in all; 3 when absent. */
  readonly attempts?: number;
}

/** What AWS answered when it was not what was asked for; `name` is the error's own. */
export class AwsRequestError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}

/** As the SDK's standard mode: three attempts, waiting up to 100 ms, then 200 ms. */
const ATTEMPTS = 3;
const BACKOFF_MS = 100;
const ATTEMPT_TIMEOUT_MS = 10_000;

/**
 * A signed request, repeated when it failed for a reason that passes. Ours for the few calls that creating an agent
 * makes besides DynamoDB's: the SDK's clients of S3 and Step Functions alone would exceed the budget of its bundle.
 * Throws `AwsRequestError`, or what `fetch` throws when there is no answer at all.
 */
export const awsRequest = async (context: AwsContext, request: AwsRequest): Promise<Response> => {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOf(context, request);
    if (outcome instanceof Response) return outcome;
    if (attempt >= (request.attempts ?? ATTEMPTS) || !passes(outcome)) throw outcome;
    await context.pause(Math.random() * BACKOFF_MS * 2 ** (attempt - 1));
  }
};

const attemptOf = async (context: AwsContext, request: AwsRequest): Promise<Response | Error> => {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: signedHeaders(request, context.keys, context.region, context.now()),
      signal: AbortSignal.timeout(request.timeoutMs ?? ATTEMPT_TIMEOUT_MS),
      ...(request.body === undefined ? {} : { body: Buffer.from(request.body) }),
    });
    return response.ok ? response : await errorOf(response);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

const passes = (error: Error): boolean =>
  !(error instanceof AwsRequestError) ||
  error.$metadata.httpStatusCode >= 500 ||
  error.$metadata.httpStatusCode === 429 ||
  /Throttl|SlowDown|RequestTimeout|TooManyRequests/.test(error.name);

/** REST services name the error in a header, JSON services in `__type`, S3 in `<Code>`. */
const errorOf = async (response: Response): Promise<AwsRequestError> => {
  const text = await response.text();
  const header = response.headers.get('x-amzn-errortype')?.split(':')[0];
  const name =
    header ?? /"__type"\s*:\s*"(?:[^"#]*#)?([^":]+)/.exec(text)?.[1] ?? /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
  const message = /"message"\s*:\s*"([^"]*)/i.exec(text)?.[1] ?? /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
  return new AwsRequestError(name ?? `Http${response.status}`, message ?? response.statusText, response.status);
};

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** `20261121T080000Z` */
export const amzDate = (unixMs: number): string =>
  `${new Date(unixMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

export const signingKey = (secret: string, day: string, region: string, service: string): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');

/** RFC 3986: what `encodeURIComponent` leaves and SigV4 does not. */
export const uriEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * The request's headers with Signature Version 4. The URL's path must be encoded once, its query sorted by name and
 * encoded as `uriEncoded` does. S3 signs the path as it is; all other services encode it once more.
 */
export const signedHeaders = (
  { service, method, url, headers, body }: AwsRequest,
  keys: AwsKeys,
  region: string,
  nowMs: number,
): Record<string, string> => {
  const date = amzDate(nowMs);
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const { host, pathname, search } = new URL(url);
  const path = service === 's3' ? pathname : pathname.split('/').map(uriEncoded).join('/');
  const payloadHash = sha256(body ?? '');
  const all: Record<string, string> = {
    ...headers,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': date,
    ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken }),
  };
  const signed = Object.entries({ ...all, host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value.trim().replaceAll(/\s+/g, ' ')}\n`).join('');
  const canonical = [method, path, search.slice(1), lines, names, payloadHash].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const signature = hmac(signingKey(keys.secretAccessKey, date.slice(0, 8), region, service), toSign).toString('hex');
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
};
