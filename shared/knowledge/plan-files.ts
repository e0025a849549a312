import { refused } from '../kernel/problems.ts';
import { type FileDescription, matchFaults, nestDescriptions, readDescriptions } from './descriptions.ts';
import { contentTypeOf, fileFaults, MAX_FILES, type OfferedFile } from './file-rules.ts';
import type { FolderFileDescriptions, KnowledgeFile } from './knowledge-base.ts';

export interface FilesWanted {
  /** Their paths in composed Unicode (`normalPath`). */
  readonly offered: readonly OfferedFile[];
  /** As the client sent it; undefined when it sent none. */
  readonly descriptions: unknown;
  /** Files the agent has and keeps; none for a new agent. */
  readonly kept?: Readonly<Record<string, KnowledgeFile>>;
}

export interface FilesPlan {
  /** New files, their status `awaiting-upload`; by path. */
  readonly added: Readonly<Record<string, KnowledgeFile>>;
  /** Kept files whose description changes; by path. */
  readonly redescribed: Readonly<Record<string, KnowledgeFile>>;
  /** Of all files there will be. */
  readonly folderFileDescriptions: FolderFileDescriptions;
}

/** Decides what a request makes of the files; throws a problem that points at everything wrong with them. */
export const planFiles = ({ offered: files, descriptions, kept = {} }: FilesWanted): FilesPlan => {
  const read = readDescriptions(descriptions ?? {});
  refuseAny([...fileFaults(files), ...read.faults]);
  const keptPaths = Object.keys(kept);
  const described = new Map(read.entries.map(({ path, description }) => [path, description]));
  // A file that replaces one of the same path may keep its description.
  const inherited = keptPaths.flatMap((path) => inheritedDescription(path, kept, described));
  refuseAny([
    ...matchFaults(files, [...read.entries, ...inherited], new Set(keptPaths)),
    ...totalFaults(files, keptPaths),
    ...clashFaults(files, keptPaths),
  ]);
  const all = new Map([...inherited, ...read.entries].map(({ path, description }) => [path, description]));
  return {
    added: Object.fromEntries(files.map((file) => [file.path, newFile(file, all.get(file.path))])),
    redescribed: Object.fromEntries(redescribed(kept, described, files)),
    folderFileDescriptions: nestDescriptions([...all].map(([path, description]) => ({ path, description }))),
  };
};

const refuseAny = ([first, ...others]: readonly Parameters<typeof refused>[0][number][]): void => {
  if (first !== undefined) throw refused([first, ...others]);
};

const inheritedDescription = (
  path: string,
  kept: Readonly<Record<string, KnowledgeFile>>,
  described: ReadonlyMap<string, string>,
): FileDescription[] => {
  const description = kept[path]?.description;
  return description === undefined || described.has(path) ? [] : [{ path, description, pointer: '' }];
};

const newFile = ({ path, sizeBytes }: OfferedFile, description: string | undefined): KnowledgeFile => ({
  path,
  sizeBytes,
  contentType: contentTypeOf(path),
  ...(description === undefined ? {} : { description }),
  status: 'awaiting-upload',
});

const redescribed = (
  kept: Readonly<Record<string, KnowledgeFile>>,
  described: ReadonlyMap<string, string>,
  files: readonly OfferedFile[],
): [string, KnowledgeFile][] => {
  const replaced = new Set(files.map(({ path }) => path));
  return Object.entries(kept).flatMap(([path, file]) => {
    const description = described.get(path);
    if (description === undefined || description === file.description || replaced.has(path)) return [];
    return [[path, { ...file, description }]];
  });
};

const totalFaults = (files: readonly OfferedFile[], kept: readonly string[]) =>
  new Set([...kept, ...files.map(({ path }) => path)]).size <= MAX_FILES
    ? []
    : [
        {
          pointer: '/files',
          message: `With its present files the agent would have more than ${MAX_FILES}.`,
          code: 'too-many-files' as const,
        },
      ];

/** A path cannot be a file and a folder at once: the nested descriptions could not say it. */
const clashFaults = (files: readonly OfferedFile[], kept: readonly string[]) => {
  const all = [...kept, ...files.map(({ path }) => path)];
  const folders = new Set(all.flatMap((path) => foldersOf(path)));
  return files.flatMap(({ path }, index) => {
    const clashes = folders.has(path) || foldersOf(path).some((folder) => all.includes(folder));
    if (!clashes) return [];
    return [
      {
        pointer: `/files/${index}`,
        message: `${path} is both a file and a folder.`,
        code: 'invalid-file-path' as const,
      },
    ];
  });
};

const foldersOf = (path: string): string[] =>
  path.split('/').flatMap((_, index, segments) => (index === 0 ? [] : [segments.slice(0, index).join('/')]));
