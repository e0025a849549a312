import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Fetch } from './lean-fetch.ts';

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
  /** Ends the attempt under way, and any further one. */
  readonly signal?: AbortSignal;
  /** The global one when absent. */
  readonly fetch?: Fetch;
}

/** What AWS answered when it was not what was asked for; `name` is the error's own. */
class AwsRequestError extends Error {
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
 * A signed request, repeated when it failed for a reason that passes. For the few calls that creating an agent makes
 * besides DynamoDB's: the SDK's clients of S3 and Step Functions alone would exceed the budget of its bundle, while its
 * signer is in there already.
 * Throws `AwsRequestError`, or what `fetch` throws when there is no answer at all.
 */
export const awsRequest = async (context: AwsContext, request: AwsRequest): Promise<Response> => {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOf(context, request);
    if (outcome instanceof Response) return outcome;
    if (attempt >= (request.attempts ?? ATTEMPTS) || !passes(outcome) || request.signal?.aborted) throw outcome;
    await context.pause(Math.random() * BACKOFF_MS * 2 ** (attempt - 1));
  }
};

const attemptOf = async (context: AwsContext, request: AwsRequest): Promise<Response | Error> => {
  try {
    const timeout = AbortSignal.timeout(request.timeoutMs ?? ATTEMPT_TIMEOUT_MS);
    const response = await (request.fetch ?? fetch)(request.url, {
      method: request.method,
      headers: await signedHeaders(request, context.keys, context.region, context.now()),
      signal: request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]),
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

/** RFC 3986: what `encodeURIComponent` leaves and SigV4 does not. */
export const uriEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * The request's headers with Signature Version 4. The URL's path must be encoded once, its query encoded as
 * `uriEncoded` does. S3 signs the path as it is; all other services encode it once more.
 */
export const signedHeaders = async (
  { service, method, url, headers, body }: AwsRequest,
  keys: AwsKeys,
  region: string,
  nowMs: number,
): Promise<Record<string, string>> => {
  const { protocol, host, hostname, pathname, searchParams } = new URL(url);
  const signed = await signerOf(service, region, keys).sign(
    {
      method,
      protocol,
      hostname,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { ...headers, host },
      body: body ?? '',
    },
    { signingDate: new Date(nowMs) },
  );
  // `fetch` sets the host itself, from the URL.
  const { host: _host, ...sent } = signed.headers;
  return sent;
};

export interface PresignedRequest {
  /** As in a credential scope: `s3`, `bedrock-agentcore`. */
  readonly service: string;
  /** Path encoded once; whatever its query says is signed with it. */
  readonly url: string;
  readonly expiresInSeconds: number;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** GET when absent. */
  readonly method?: 'GET' | 'PUT';
  /** Names in lower case; whoever uses the address must send exactly these. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The hash of an empty body is signed, as for a handshake; S3 knows that a browser cannot say what it will read. */
const hashedPayload = (service: string) => (service === 's3' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {});

/** An address with Signature Version 4 in its query: whoever has it may send this one request until it expires. */
export const presignedUrl = async (
  { service, url, expiresInSeconds, nowMs, method = 'GET', headers = {} }: PresignedRequest,
  { keys, region }: Pick<AwsContext, 'keys' | 'region'>,
): Promise<string> => {
  const { protocol, host, hostname, pathname, searchParams, origin } = new URL(url);
  const { query = {} } = await signerOf(service, region, keys).presign(
    {
      method,
      protocol,
      hostname,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { ...headers, host, ...hashedPayload(service) },
    },
    {
      signingDate: new Date(nowMs),
      expiresIn: expiresInSeconds,
      // S3 reads tags in a header only; in the query it passes over them.
      unhoistableHeaders: new Set(Object.keys(headers)),
    },
  );
  const parameters = Object.entries(query).map(([name, value]) => `${uriEncoded(name)}=${uriEncoded(String(value))}`);
  return `${origin}${pathname}?${parameters.join('&')}`;
};

const signerOf = (service: string, region: string, { sessionToken, ...lasting }: AwsKeys): SignatureV4 => {
  const credentials = sessionToken === undefined ? lasting : { ...lasting, sessionToken };
  return new SignatureV4({ service, region, credentials, sha256: Sha256, uriEscapePath: service !== 's3' });
};
