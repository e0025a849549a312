import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError, type RawRequest } from '../../core/service.ts';

/** Checksums that are verified; of the others (CRC32C, CRC64NVME) the value is kept as given. */
const DIGESTS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  'x-amz-checksum-crc32': (bytes) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes));
    return sum.toString('base64');
  },
  'x-amz-checksum-sha1': (bytes) => createHash('sha1').update(bytes).digest('base64'),
  'x-amz-checksum-sha256': (bytes) => createHash('sha256').update(bytes).digest('base64'),
};

export interface Content {
  readonly bytes: Buffer;
  /** Checksum headers, from the request or its trailer. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * The bytes of an upload, out of their chunks, with their checksums verified.
 * @throws AwsError `BadDigest`, `InvalidRequest`, `IncompleteBody`
 */
export const contentOf = ({ headers, body }: Pick<RawRequest, 'headers' | 'body'>): Content => {
  const chunked = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const { bytes, trailer } = chunked ? dechunk(body) : { bytes: body, trailer: {} };
  const given = { ...checksumsIn(headers), ...checksumsIn(trailer) };
  for (const [name, value] of Object.entries(given)) {
    if (DIGESTS[name] && DIGESTS[name](bytes) !== value) throw badDigest(name.slice('x-amz-checksum-'.length));
  }
  const md5 = headers['content-md5'];
  if (md5 !== undefined && createHash('md5').update(bytes).digest('base64') !== md5) throw badDigest('Content-MD5');
  return { bytes, checksums: given };
};

/** Checks the checksums that a form names in its fields. */
export const requireChecksums = (bytes: Buffer, fields: Readonly<Record<string, string>>): Record<string, string> => {
  const given = checksumsIn(fields);
  for (const [name, value] of Object.entries(given)) {
    if (DIGESTS[name] && DIGESTS[name](bytes) !== value) throw badDigest(name.slice('x-amz-checksum-'.length));
  }
  return given;
};

const checksumsIn = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      /^x-amz-checksum-(crc32c?|crc64nvme|sha1|sha256)$/.test(name) && typeof value === 'string' ? [[name, value]] : [],
    ),
  );

const badDigest = (what: string): AwsError =>
  new AwsError('BadDigest', `The ${what} you specified did not match the calculated checksum.`);

/** `aws-chunked`: `size[;chunk-signature=…]CRLF bytes CRLF … 0 CRLF trailers` (API reference, "Signature calculations"). */
const dechunk = (body: Buffer): { bytes: Buffer; trailer: Record<string, string> } => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    if (end < 0) throw incomplete();
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!Number.isInteger(size) || end + 2 + size > body.length) throw incomplete();
    at = end + 2;
    if (size === 0) return { bytes: Buffer.concat(chunks), trailer: trailerOf(body.toString('latin1', at)) };
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
};

const trailerOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase().trim(), line.slice(line.indexOf(':') + 1).trim()]),
  );

const incomplete = (): AwsError => new AwsError('IncompleteBody', 'The request body terminated unexpectedly.', 400);

export const md5Hex = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
