import { openAsBlob } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from './exit-codes.ts';

/** A file of a folder that is to be known by an agent. */
export interface LocalFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** All files below a folder but hidden ones, by path. Throws `UsageError`. */
export async function filesBelow(folder: string): Promise<readonly LocalFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => {
    throw new UsageError(`There is no folder ${folder}.`);
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(resolve(folder).length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
  return Promise.all(paths.map(async (path) => ({ path, sizeBytes: (await stat(join(folder, path))).size })));
}

/** The content of a file, read when it is sent. */
export const contentIn = (folder: string) => (path: string) => openAsBlob(join(folder, path));

/** Throws `UsageError` when there is none. */
export const textOf = (cwd: string, path: string): Promise<string> =>
  readFile(resolve(cwd, path), 'utf8').catch(() => {
    throw new UsageError(`There is no file ${path}.`);
  });

/** Throws `UsageError` when there is none, or it is not JSON. */
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
