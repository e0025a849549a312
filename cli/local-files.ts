import { constants, openAsBlob } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from './exit-codes.ts';

/** A file of a folder that is to be known by an agent. */
export interface LocalFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * All files below a folder but hidden ones, by path; a link to a file is one. Throws `UsageError` unless there are some
 * and all can be read: what is found out later leaves an agent half made.
 */
export async function filesBelow(folder: string): Promise<readonly LocalFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw unreadable('folder', folder, error);
  });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(resolve(folder).length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
  const files: LocalFile[] = [];
  for (const path of paths) {
    const found = await readableFile(join(folder, path));
    if (found !== undefined) files.push({ path, sizeBytes: found.size });
  }
  if (files.length === 0) throw new UsageError(`There are no files in ${folder}.`);
  return files;
}

/** Undefined for a link to a folder. Throws `UsageError`. */
async function readableFile(path: string): Promise<{ readonly size: number } | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    await access(path, constants.R_OK);
    return found;
  } catch (error) {
    throw unreadable('file', path, error);
  }
}

const REASONS: Readonly<Partial<Record<string, (kind: string, path: string) => string>>> = {
  ENOENT: (kind, path) => `There is no ${kind} ${path}.`,
  ENOTDIR: (kind, path) => `${path} is no ${kind}.`,
  EISDIR: (kind, path) => `${path} is no ${kind}.`,
  EACCES: (kind, path) => `You may not read the ${kind} ${path}.`,
  EPERM: (kind, path) => `You may not read the ${kind} ${path}.`,
};

/** What a person is told of a file or folder that could not be read. */
function unreadable(kind: 'file' | 'folder', path: string, error: unknown): UsageError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new UsageError(REASONS[code]?.(kind, path) ?? `The ${kind} ${path} cannot be read: ${message}`);
}

/** The content of a file, read when it is sent. */
export const contentIn = (folder: string) => (path: string) => openAsBlob(join(folder, path));

/** Throws `UsageError` when it cannot be read. */
export const textOf = (cwd: string, path: string): Promise<string> =>
  readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw unreadable('file', path, error);
  });

/** Throws `UsageError` when it cannot be read. */
export const bytesIn = (cwd: string, path: string): Promise<Uint8Array> =>
  readFile(resolve(cwd, path)).catch((error: unknown) => {
    throw unreadable('file', path, error);
  });

/** Before something is made that shall be kept there. Throws `UsageError` when it could not be. */
export async function writablePath(cwd: string, path: string): Promise<string> {
  const target = resolve(cwd, path);
  try {
    const { isDirectory } = await stat(target).then(
      (found) => ({ isDirectory: found.isDirectory() }),
      () => ({ isDirectory: false }),
    );
    if (isDirectory) throw new UsageError(`${path} is a folder.`);
    await access(dirname(target), constants.W_OK);
    return target;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

/** Whether there is anything of this name. */
export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Throws `UsageError` when it cannot be read, or is not JSON. */
export async function jsonOf(cwd: string, path: string): Promise<unknown> {
  return parseJson(await textOf(cwd, path), path);
}

export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/**
 * Descriptions of files as the API takes them, one for each: those given, and for the others what their name says, as
 * the agent needs some idea of what is in them.
 */
export function describedFiles(files: readonly LocalFile[], given: unknown): Record<string, unknown> {
  const tree = structuredClone(isFolder(given) ? given : {});
  for (const { path } of files) {
    const parts = path.split('/');
    const name = parts.pop() ?? path;
    const folder = parts.reduce<Record<string, unknown>>((at, part) => {
      const next = at[part];
      if (isFolder(next)) return next;
      const made: Record<string, unknown> = {};
      at[part] = made;
      return made;
    }, tree);
    folder[name] ??= describedByName(path);
  }
  return tree;
}

const isFolder = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describedByName = (path: string): string =>
  path
    .replace(/\.[^./]+$/, '')
    .replaceAll(/[-_/]+/g, ' ')
    .trim() || path;
