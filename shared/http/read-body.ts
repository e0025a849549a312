import { problem } from '../kernel/problems.ts';
import { decodeUtf8, readMultipart } from './multipart.ts';
import type { ReadBody } from './request.ts';

/** API Gateway's own limit is 10 MB and Lambda's 6 MB; this one guards whatever else may call us. */
const MAX_BODY_BYTES = 10_000_000;

export interface RawBody {
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
  readonly contentType: string | undefined;
}

/**
 * Reads a JSON body or, where the operation takes one, a form, or nothing but its bytes (`{ bytes }`).
 * Throws `unsupported-media-type`, `body-too-large`, `invalid-encoding`, `malformed-json`, `malformed-multipart`.
 */
export const readBody = (raw: RawBody, accepts: 'json' | 'json-or-multipart' | 'form' | 'raw'): ReadBody => {
  if (accepts === 'raw') return { value: { bytes: withinLimit(bytesOf(raw)) }, files: [], kind: 'raw' };
  // API Gateway hands text over as a string, with U+FFFD for every byte that is not UTF-8.
  if (!raw.isBase64Encoded && raw.body?.includes('\ufffd')) throw notUtf8();
  const bytes = withinLimit(bytesOf(raw));
  const mediaType = (raw.contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (accepts === 'form') return readForm(bytes, mediaType);
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return readJson(bytes);
  if (mediaType === 'multipart/form-data' && accepts === 'json-or-multipart') {
    return readMultipart(bytes, raw.contentType ?? '');
  }
  const wanted = accepts === 'json' ? 'application/json' : 'application/json or multipart/form-data';
  throw problem('unsupported-media-type', `Send ${wanted}${mediaType === '' ? '' : `, not ${mediaType}`}.`);
};

const bytesOf = ({ body, isBase64Encoded }: RawBody): Buffer =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

const withinLimit = (bytes: Buffer): Buffer => {
  if (bytes.length <= MAX_BODY_BYTES) return bytes;
  throw problem('body-too-large', `A body has at most ${MAX_BODY_BYTES} bytes.`);
};

/** `a=1&b=2`; of a field that comes twice the last one counts. */
const readForm = (bytes: Uint8Array, mediaType: string): ReadBody => {
  if (mediaType !== 'application/x-www-form-urlencoded') {
    throw problem('unsupported-media-type', 'Send application/x-www-form-urlencoded.');
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw notUtf8();
  return { value: Object.fromEntries(new URLSearchParams(text)), files: [], kind: 'form' };
};

const notUtf8 = () => problem('invalid-encoding', 'The body is not UTF-8.');

const readJson = (bytes: Uint8Array): ReadBody => {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw notUtf8();
  return { value: parseJson(text), files: [], kind: 'json' };
};

/** The value; throws `malformed-json`, saying where the text goes wrong. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem('malformed-json', `This is not JSON: ${cause instanceof Error ? cause.message : 'unknown reason'}.`, {
      cause,
    });
  }
};
