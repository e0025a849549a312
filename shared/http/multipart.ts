import { type ProblemError, problem, refused } from '../kernel/problems.ts';
import { pointer } from './pointer.ts';
import type { ReadBody, UploadedFile } from './request.ts';

const MAX_PARTS = 150;
const CRLF = '\r\n';

interface Part {
  readonly name: string;
  /** Present, if only as an empty string, when the part is a file. */
  readonly filename: string | undefined;
  readonly content: Buffer;
}

/**
 * The text fields and files of a `multipart/form-data` body (RFC 7578) that is in memory as a whole.
 * Ours because fields must be refused when they are not UTF-8, which streaming parsers replace silently; it is tested
 * against busboy. Throws `malformed-multipart`, `invalid-encoding` or `invalid-request`.
 */
export const readMultipart = (body: Uint8Array, contentType: string): ReadBody => {
  const fields = new Map<string, string>();
  const files: UploadedFile[] = [];
  for (const { name, filename, content } of partsOf(Buffer.from(body), boundaryOf(contentType))) {
    if (filename !== undefined) {
      if (name !== 'files') throw wrongField(name, 'Files are sent in the field "files".');
      files.push({ path: filename, content });
      continue;
    }
    if (fields.has(name)) throw wrongField(name, 'This field may be sent only once.');
    fields.set(name, decodeUtf8(content) ?? throwNotUtf8(name));
  }
  return { value: Object.fromEntries(fields), files, kind: 'multipart' };
};

const malformed = (why: string): ProblemError => problem('malformed-multipart', `The form cannot be read: ${why}.`);

const wrongField = (name: string, message: string): ProblemError =>
  refused([{ pointer: pointer(name), message, code: 'invalid-request' }]);

const throwNotUtf8 = (name: string): never => {
  throw refused([{ pointer: pointer(name), message: 'This field is not UTF-8.', code: 'invalid-encoding' }]);
};

/** RFC 2046 §5.1.1: 1 to 70 characters. */
const boundaryOf = (contentType: string): string => {
  const found = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw malformed('its content type names no boundary');
  return boundary;
};

function* partsOf(body: Buffer, boundary: string): Generator<Part> {
  const delimiter = Buffer.from(`${CRLF}--${boundary}`, 'latin1');
  // The first delimiter has no line break of its own when nothing stands before it.
  let at = body.indexOf(delimiter.subarray(2));
  if (at !== 0) {
    at = body.indexOf(delimiter);
    if (at < 0) throw malformed('its boundary does not occur in it');
    at += 2;
  }
  at += delimiter.length - 2;
  for (let count = 0; !startsWith(body, at, '--'); count += 1) {
    if (count === MAX_PARTS) throw malformed(`it has more than ${MAX_PARTS} parts`);
    const start = skipLineEnd(body, at);
    const end = body.indexOf(delimiter, start - 2);
    if (end < 0) throw malformed('it ends in the middle of a part');
    yield partOf(body.subarray(start, Math.max(end, start)));
    at = end + delimiter.length;
  }
}

const startsWith = (body: Buffer, at: number, text: string): boolean =>
  body.toString('latin1', at, at + text.length) === text;

/** Spaces and tabs may stand between a boundary and the end of its line. */
const skipLineEnd = (body: Buffer, from: number): number => {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x09) at += 1;
  if (!startsWith(body, at, CRLF)) throw malformed('a boundary is not followed by a line break');
  return at + 2;
};

const partOf = (bytes: Buffer): Part => {
  const headersEnd = bytes.indexOf(`${CRLF}${CRLF}`);
  if (headersEnd < 0) throw malformed('a part has no headers');
  const headers = decodeUtf8(bytes.subarray(0, headersEnd));
  if (headers === undefined) throw malformed('the headers of a part are not UTF-8');
  const disposition = headers.split(CRLF).find((line) => /^content-disposition\s*:\s*form-data\s*;/i.test(line));
  const name = disposition === undefined ? undefined : parameterOf(disposition, 'name');
  if (disposition === undefined || name === undefined || name === '') throw malformed('a part has no name');
  return {
    name,
    filename: extendedParameterOf(disposition, 'filename') ?? parameterOf(disposition, 'filename'),
    content: bytes.subarray(headersEnd + 4),
  };
};

/** Browsers write `%22`, `%0D` and `%0A` for what a quoted string cannot hold, curl writes `\"`; other backslashes stay. */
const parameterOf = (header: string, name: string): string | undefined => {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, 'i').exec(header);
  const value = found?.[1]?.replaceAll('\\"', '"') ?? found?.[2];
  return value?.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
};

/** RFC 5987: `filename*=UTF-8''na%C3%AFve.txt`. */
const extendedParameterOf = (header: string, name: string): string | undefined => {
  const encoded = new RegExp(`;\\s*${name}\\*\\s*=\\s*utf-8'[^']*'([^\\s;]+)`, 'i').exec(header)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw malformed('the name of a file is badly encoded');
  }
};

/** The text, or undefined when the bytes are not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};
