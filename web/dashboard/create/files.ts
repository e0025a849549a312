/** A file somebody wants in the agent's knowledge. */
export interface ChosenFile {
  /** Relative, with slashes, folders kept: `policies/returns.pdf`. */
  readonly path: string;
  readonly file: File;
}

/** Bedrock knowledge bases take files of up to 50 MB; the API says the same (`shared/knowledge/file-rules.ts`). */
const MAX_FILE_BYTES = 50 * 1024 * 1024;
export const MAX_FILES = 100;

const EXTENSIONS = ['txt', 'md', 'html', 'htm', 'csv', 'pdf', 'doc', 'docx', 'xls', 'xlsx'] as const;

/** For the file chooser. */
export const ACCEPTED = EXTENSIONS.map((extension) => `.${extension}`).join(',');

/** What systems leave in folders and nobody means to give. */
const LEFTOVERS = /(?:^|\/)(?:\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/;

const extensionOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** Why a file cannot be used; undefined when it can. */
export function fileFault({ path, file }: ChosenFile): string | undefined {
  if (!(EXTENSIONS as readonly string[]).includes(extensionOf(path))) return `Supported are ${EXTENSIONS.join(', ')}.`;
  if (file.size === 0) return 'The file is empty.';
  if (file.size > MAX_FILE_BYTES) return 'A file has at most 50 MB.';
  if (/[\\:]/.test(path)) return 'A path has no backslash or colon.';
  return undefined;
}

/** The files after more were added: a file of the same path takes the place of the former. */
export function withFiles(files: readonly ChosenFile[], added: readonly ChosenFile[]): readonly ChosenFile[] {
  const usable = added
    .map(({ path, file }) => ({ path: path.normalize('NFC').replace(/^\/+/, ''), file }))
    .filter(({ path }) => !LEFTOVERS.test(path));
  const byPath = new Map([...files, ...usable].map((one) => [one.path, one]));
  return [...byPath.values()].sort((one, other) => one.path.localeCompare(other.path));
}

/** Every folder on the way to the files: `policies/returns.pdf` → `policies`. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = paths.flatMap((path) => {
    const segments = path.split('/').slice(0, -1);
    return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
  });
  return [...new Set(folders)].sort((one, other) => one.localeCompare(other));
}

/** A line of the tree of files: folders before what is in them. */
export interface TreeLine {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly kind: 'folder' | 'file';
}

/** Folders and files in the order in which a tree shows them. */
export function treeOf(paths: readonly string[]): readonly TreeLine[] {
  const lines = [
    ...foldersOf(paths).map((path) => ({ path, kind: 'folder' as const })),
    ...paths.map((path) => ({ path, kind: 'file' as const })),
  ];
  // A slash sorts before letters here, so that a folder is followed by all that is in it.
  const key = ({ path, kind }: (typeof lines)[number]) =>
    (kind === 'folder' ? `${path}/` : path).replaceAll('/', '\u0000');
  return lines
    .toSorted((one, other) => (key(one) < key(other) ? -1 : 1))
    .map(({ path, kind }) => {
      const segments = path.split('/');
      return { path, kind, name: segments.at(-1) ?? path, depth: segments.length - 1 };
    });
}

/** Descriptions by path, of files and of folders. */
export type Descriptions = Readonly<Record<string, string>>;

/** What is said of a file: what its folders say, from the outermost, then its own words. */
export function descriptionOf(path: string, descriptions: Descriptions): string {
  const segments = path.split('/');
  const all = segments.map((_, index) => descriptions[segments.slice(0, index + 1).join('/')]?.trim() ?? '');
  return all
    .filter(Boolean)
    .map((text, index, { length }) => (index < length - 1 && !/[.!?…]$/.test(text) ? `${text}.` : text))
    .join(' ');
}

export interface NestedDescriptions {
  [name: string]: string | NestedDescriptions;
}

/** As the API takes them: a folder is an object, a file is its description. */
export function nestDescriptions(paths: readonly string[], descriptions: Descriptions): NestedDescriptions {
  const root: NestedDescriptions = {};
  for (const path of paths) {
    const segments = path.split('/');
    const name = segments.pop() ?? path;
    let folder = root;
    for (const segment of segments) {
      const next = folder[segment];
      const into: NestedDescriptions = typeof next === 'object' ? next : {};
      folder[segment] = into;
      folder = into;
    }
    folder[name] = descriptionOf(path, descriptions);
  }
  return root;
}

/** The nested form read back, by path. */
export function flatDescriptions(nested: Readonly<Record<string, unknown>>, folder = ''): Descriptions {
  return Object.fromEntries(
    Object.entries(nested).flatMap(([name, value]): [string, string][] => {
      const path = `${folder}${name}`;
      if (typeof value === 'string') return [[path, value]];
      return typeof value === 'object' && value !== null
        ? Object.entries(flatDescriptions(value as Record<string, unknown>, `${path}/`))
        : [];
    }),
  );
}
