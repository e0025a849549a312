import { pointer } from '../http/pointer.ts';
import type { RefusedDetail } from '../kernel/problems.ts';
import { contentMismatch } from './file-content.ts';

/** Bedrock knowledge bases take files of up to 50 MB. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** Keeps the row of a knowledge base below DynamoDB's 400 KB. */
export const MAX_FILES = 100;
/** S3 keys have at most 1,024 bytes, of which user, agent and `.metadata.json` take up to 200. */
const MAX_PATH_BYTES = 512;
export const MAX_PATH_DEPTH = 10;

/** What Bedrock knowledge bases read, by extension. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  csv: 'text/csv',
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** A file somebody wants in a knowledge base; `content` is absent when it is declared for a later upload. */
export interface OfferedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly content?: Uint8Array;
}

/** In lower case, without the dot; empty when there is none. */
export const extensionOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** From the extension: what a client claims about a file is not evidence. */
export const contentTypeOf = (path: string): string => CONTENT_TYPES[extensionOf(path)] ?? 'application/octet-stream';

/** Composed Unicode: macOS sends names decomposed, and the two would be different S3 keys. */
export const normalPath = (path: string): string => path.normalize('NFC');

/** Why the path cannot be used; undefined when it can. */
export const pathFault = (path: string): string | undefined => {
  if (path === '') return 'The file has no name.';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `A path has at most ${MAX_PATH_BYTES} bytes.`;
  if (!path.isWellFormed()) return 'The path is not well-formed Unicode.';
  const segments = path.split('/');
  if (segments.length > MAX_PATH_DEPTH) return `A path has at most ${MAX_PATH_DEPTH} parts.`;
  return segments.map(segmentFault).find((fault) => fault !== undefined);
};

/** Why a name of a file or folder cannot be used. */
export const segmentFault = (segment: string): string | undefined => {
  if (segment === '') return 'A path is relative, with names between single slashes.';
  if (segment === '.' || segment === '..') return 'A path does not climb.';
  if (/[\\:\p{Cc}\p{Cf}]/u.test(segment)) return 'A path has no backslash, colon or control character.';
  if (segment !== segment.trim()) return 'A name does not begin or end with a space.';
  // JavaScript objects cannot hold it as an ordinary key.
  if (segment === '__proto__') return 'This name is reserved.';
  return undefined;
};

/** Everything wrong with the files themselves; pointers are `/files/{index}`. */
export const fileFaults = (files: readonly OfferedFile[]): RefusedDetail[] => {
  if (files.length > MAX_FILES) {
    return [{ pointer: pointer('files'), message: `An agent has at most ${MAX_FILES} files.`, code: 'too-many-files' }];
  }
  const first = new Map(files.map(({ path }, index) => [path, index] as const).reverse());
  return files.flatMap((file, index) => {
    const fault = faultOf(file, (first.get(file.path) ?? index) < index);
    return fault === undefined ? [] : [{ pointer: pointer('files', index), ...fault }];
  });
};

const faultOf = (file: OfferedFile, isRepeated: boolean): Omit<RefusedDetail, 'pointer'> | undefined => {
  const path = pathFault(file.path);
  if (path !== undefined) return { message: path, code: 'invalid-file-path' };
  if (isRepeated) return { message: `There is another file at ${file.path}.`, code: 'duplicate-file-path' };
  if (!Object.hasOwn(CONTENT_TYPES, extensionOf(file.path))) {
    return { message: `Supported are ${Object.keys(CONTENT_TYPES).join(', ')}.`, code: 'unsupported-file-type' };
  }
  if (file.sizeBytes === 0) return { message: 'The file is empty.', code: 'file-empty' };
  if (file.sizeBytes > MAX_FILE_BYTES) {
    return { message: `A file has at most ${MAX_FILE_BYTES} bytes.`, code: 'file-too-large' };
  }
  const mismatch = file.content === undefined ? undefined : contentMismatch(extensionOf(file.path), file.content);
  return mismatch === undefined ? undefined : { message: mismatch, code: 'file-content-mismatch' };
};
