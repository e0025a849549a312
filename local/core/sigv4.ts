import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './service.ts';

/** What of a request its signature covers; `target` is the request line's path and query as sent. */
export interface SignedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a signature claims before it is verified. */
export interface Signature {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDD'T'HHMMSS'Z'`. */
  readonly date: string;
  /** Set for a presigned URL. */
  readonly expiresSeconds?: number;
}

/** AWS refuses a header signature that is further from its clock than this (SigV4 reference, "clock skew"). */
const MAX_SKEW_MS = 15 * 60 * 1000;
const UNSIGNED = 'UNSIGNED-PAYLOAD';

const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

function encodeUri(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const signingKeys = new Map<string, Buffer>();

/** The key derived for one day, region and service; derivation is cached because it costs more than a signature. */
export function signingKey(secret: string, day: string, region: string, service: string): Buffer {
  const id = [secret, day, region, service].join('\n');
  const known = signingKeys.get(id);
  if (known) return known;
  if (signingKeys.size > 500) signingKeys.clear();
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (current, part) => hmac(current, part),
    Buffer.from(`AWS4${secret}`),
  );
  signingKeys.set(id, key);
  return key;
}

function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const at = target.indexOf('?');
  return at < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, at), query: new URLSearchParams(target.slice(at + 1)) };
}

function parseScope(credential: string): Pick<Signature, 'accessKeyId' | 'day' | 'region' | 'service'> {
  const [accessKeyId = '', day = '', region = '', service = '', terminator] = credential.split('/');
  if (terminator !== 'aws4_request') {
    throw new AwsError('IncompleteSignature', 'The credential of the signature has no valid scope.', 403);
  }
  return { accessKeyId, day, region, service };
}

function readPresigned(query: URLSearchParams): Signature {
  const sessionToken = query.get('X-Amz-Security-Token');
  return {
    ...parseScope(query.get('X-Amz-Credential') ?? ''),
    ...(sessionToken === null ? {} : { sessionToken }),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    date: query.get('X-Amz-Date') ?? '',
    expiresSeconds: Number(query.get('X-Amz-Expires') ?? 0),
  };
}

/** Reads the header or query signature of a request; undefined when it has none. Throws for one that is malformed. */
export function readSignature(request: SignedRequest): Signature | undefined {
  const { query } = splitTarget(request.target);
  if (query.has('X-Amz-Signature')) return readPresigned(query);
  const { authorization } = request.headers;
  if (!authorization?.startsWith('AWS4-HMAC-SHA256')) return undefined;
  const field = (name: string): string => new RegExp(`${name}=([^,\\s]+)`).exec(authorization)?.[1] ?? '';
  const sessionToken = request.headers['x-amz-security-token'];
  return {
    ...parseScope(field('Credential')),
    ...(typeof sessionToken === 'string' ? { sessionToken } : {}),
    signedHeaders: field('SignedHeaders').split(';'),
    signature: field('Signature'),
    date: String(request.headers['x-amz-date'] ?? ''),
  };
}

/** When the request was signed, in epoch milliseconds. Throws `IncompleteSignature`. */
export function signedAtMs({ date }: Signature): number {
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(at)) throw new AwsError('IncompleteSignature', 'The signature has no valid date.', 403);
  return at;
}

function checkTime(signature: Signature, nowMs: number): void {
  const { expiresSeconds } = signature;
  const at = signedAtMs(signature);
  if (expiresSeconds === undefined) {
    if (Math.abs(nowMs - at) <= MAX_SKEW_MS) return;
    throw new AwsError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the server time is too large.',
      403,
    );
  }
  if (nowMs > at + expiresSeconds * 1000) throw new AwsError('AccessDenied', 'Request has expired', 403);
}

function canonicalPath(path: string, service: string): string {
  // S3 signs the path as it is; every other service signs the encoded path encoded once more.
  const encode = service === 's3' ? (segment: string) => encodeUri(decodeURIComponent(segment)) : encodeUri;
  return path.split('/').map(encode).join('/');
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeUri(name), encodeUri(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map((pair) => pair.join('='))
    .join('&');
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function payloadHash(request: SignedRequest, signature: Signature, query: URLSearchParams, body: Uint8Array): string {
  const declared = request.headers['x-amz-content-sha256'];
  const signs = signature.signedHeaders.includes('x-amz-content-sha256') || signature.expiresSeconds === undefined;
  if (typeof declared === 'string' && signs) return declared;
  if (signature.expiresSeconds === undefined) return sha256Hex(body);
  return query.get('X-Amz-Content-Sha256') ?? (signature.service === 's3' ? UNSIGNED : sha256Hex(body));
}

function headerText(headers: IncomingHttpHeaders, name: string): string {
  const value = name === 'host' ? (headers.host ?? headers[':authority']) : headers[name];
  return String(value ?? '')
    .trim()
    .replaceAll(/ +/g, ' ');
}

/**
 * Verifies a signature against the key's secret at `nowMs` (epoch milliseconds).
 * Throws `SignatureDoesNotMatch`, `RequestTimeTooSkewed`, `AccessDenied` (expired URL) or, for a body other than the
 * signed one, `XAmzContentSHA256Mismatch`. A streamed body (`body` undefined) is not compared.
 */
export function verifySignature(
  request: SignedRequest,
  signature: Signature,
  secret: string,
  body: Uint8Array | undefined,
  nowMs: number,
): void {
  const { path, query } = splitTarget(request.target);
  const payload = payloadHash(request, signature, query, body ?? new Uint8Array());
  const canonical = [
    request.method,
    canonicalPath(path, signature.service),
    canonicalQuery(query),
    ...signature.signedHeaders.map((name) => `${name}:${headerText(request.headers, name)}`),
    '',
    signature.signedHeaders.join(';'),
    payload,
  ].join('\n');
  const scope = `${signature.day}/${signature.region}/${signature.service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', signature.date, scope, sha256Hex(canonical)].join('\n');
  const expected = hmac(signingKey(secret, signature.day, signature.region, signature.service), text);
  const given = Buffer.from(signature.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    const message = 'The request signature we calculated does not match the signature you provided.';
    throw new AwsError('SignatureDoesNotMatch', message, 403);
  }
  checkTime(signature, nowMs);
  if (body && /^[0-9a-f]{64}$/.test(payload) && payload !== sha256Hex(body)) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      400,
    );
  }
}
