import { pointer } from '../http/pointer.ts';
import type { RefusedDetail } from '../kernel/problems.ts';
import { MAX_PATH_DEPTH, normalPath, segmentFault } from './file-rules.ts';
import type { FolderFileDescriptions } from './knowledge-base.ts';

/** Together, in bytes: they stand twice in a row of at most 400 KB. */
const MAX_DESCRIPTIONS_BYTES = 50_000;

/** One leaf of the nested descriptions. */
export interface FileDescription {
  readonly path: string;
  readonly description: string;
  /** Where it stands in the request. */
  readonly pointer: string;
}

export interface ReadDescriptions {
  readonly entries: readonly FileDescription[];
  readonly faults: readonly RefusedDetail[];
}

/** Reads the nested object a client sent, whatever it holds: nothing in it is taken on trust. */
export const readDescriptions = (value: unknown): ReadDescriptions => {
  const entries: FileDescription[] = [];
  const faults: RefusedDetail[] = [];
  const walk = (node: unknown, path: readonly string[]): void => {
    const at = pointer('folderFileDescriptions', ...path);
    const fault = nodeFault(node, path);
    if (fault !== undefined) faults.push({ pointer: at, ...fault });
    else if (typeof node === 'string')
      entries.push({ path: path.map(normalPath).join('/'), description: node.trim(), pointer: at });
    else for (const [name, child] of Object.entries(node as object)) walk(child, [...path, name]);
  };
  walk(value, []);
  const bytes = entries.reduce((sum, { description }) => sum + Buffer.byteLength(description), 0);
  if (bytes > MAX_DESCRIPTIONS_BYTES) {
    const message = `All descriptions together have at most ${MAX_DESCRIPTIONS_BYTES} bytes.`;
    faults.push({ pointer: pointer('folderFileDescriptions'), message, code: 'descriptions-too-long' });
  }
  return { entries, faults };
};

const nodeFault = (node: unknown, path: readonly string[]): Omit<RefusedDetail, 'pointer'> | undefined => {
  const name = path.at(-1);
  const nameFault = name === undefined ? undefined : (segmentFault(name) ?? slashFault(name));
  if (nameFault !== undefined) return { message: nameFault, code: 'invalid-file-path' };
  if (path.length > MAX_PATH_DEPTH) return { message: `At most ${MAX_PATH_DEPTH} levels.`, code: 'invalid-file-path' };
  if (typeof node === 'string' && path.length > 0) return textFault(node);
  if (typeof node === 'object' && node !== null && !Array.isArray(node)) return undefined;
  return { message: 'A folder is an object, a file is its description.', code: 'invalid-request' };
};

const slashFault = (name: string): string | undefined =>
  name.includes('/') ? 'Folders are nested objects, not slashes in a name.' : undefined;

const textFault = (description: string): Omit<RefusedDetail, 'pointer'> | undefined => {
  if (!description.isWellFormed()) return { message: 'Not well-formed Unicode.', code: 'invalid-encoding' };
  return description.trim() === '' ? { message: 'The description is empty.', code: 'invalid-request' } : undefined;
};

/** Each description must have its file and each new file its description. `kept` are files the agent has already. */
export const matchFaults = (
  offered: readonly { readonly path: string }[],
  entries: readonly FileDescription[],
  kept: ReadonlySet<string> = new Set(),
): RefusedDetail[] => {
  const described = new Set(entries.map(({ path }) => path));
  const present = new Set([...kept, ...offered.map(({ path }) => path)]);
  const withoutDescription = offered.flatMap(({ path }, index): RefusedDetail[] =>
    described.has(path)
      ? []
      : [
          {
            pointer: pointer('files', index),
            message: `${path} has no description.`,
            code: 'file-without-description',
          },
        ],
  );
  const withoutFile = entries
    .filter(({ path }) => !present.has(path))
    .map(
      (entry): RefusedDetail => ({
        pointer: entry.pointer,
        message: `There is no file ${entry.path}.`,
        code: 'description-without-file',
      }),
    );
  return [...withoutFile, ...withoutDescription];
};

/** Nests descriptions by path again, folders and files in the order they come. */
export const nestDescriptions = (
  entries: readonly Pick<FileDescription, 'path' | 'description'>[],
): FolderFileDescriptions => {
  const root: NestedDescriptions = {};
  for (const { path, description } of entries) {
    const segments = path.split('/');
    const name = segments.pop() ?? path;
    folderAt(root, segments)[name] = description;
  }
  return root;
};

interface NestedDescriptions {
  [name: string]: string | NestedDescriptions;
}

/** A name that is a file here cannot be a folder too: S3 allows it, a nested object does not. */
const folderAt = (root: NestedDescriptions, segments: readonly string[]): NestedDescriptions =>
  segments.reduce((folder, segment) => {
    const next = folder[segment];
    if (typeof next === 'object') return next;
    const made: NestedDescriptions = {};
    folder[segment] = made;
    return made;
  }, root);
