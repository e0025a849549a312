import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin as StylePlugin } from 'esbuild';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { PAGE_SCRIPTS_ID, PAGES } from '../web/dashboard/shell/page-list.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BROWSERS = ['chrome123', 'firefox121', 'safari17.5'];
const ENTRY = 'web/dashboard/main.tsx';
/** Chunks below this are joined with the one that most of the same pages need. */
const SMALL_BYTES = 3_000;

/** What surrounds every page: the entry asks for it and for the page of the address at once. */
const SHELL = /web\/dashboard\/shell\/dashboard\.tsx$/;

/** Style sheets are left out of the scripts; `found` gets their paths. */
const withoutStyles = (found: Set<string>): Plugin => ({
  name: 'without-styles',
  load: {
    filter: { id: /\.css$/ },
    handler: (path) => {
      found.add(path);
      return { code: '', moduleType: 'js' };
    },
  },
});

/** The dashboard speaks English; what would fetch fifteen other languages is left out. */
const inEnglish: Plugin = {
  name: 'in-english',
  load: {
    filter: { id: /components\/i18n\/dynamic\.js$/ },
    handler: () => 'export const importMessages = () => Promise.resolve([]);',
  },
};

const hashOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 10);

/** Fonts inside a style sheet become files of their own: they are fetched when a text needs them, once. */
const fontsApart = (outDir: string): StylePlugin => ({
  name: 'fonts-apart',
  setup: (bundler) => {
    bundler.onLoad({ filter: /global-styles\/index\.css$/ }, async ({ path }) => {
      const fonts: { readonly name: string; readonly bytes: Buffer }[] = [];
      const contents = (await readFile(path, 'utf8')).replaceAll(
        /url\('data:font\/woff2;base64,([^']+)'\)/g,
        (_, base64: string) => {
          const bytes = Buffer.from(base64, 'base64');
          const name = `font-${hashOf(bytes)}.woff2`;
          fonts.push({ name, bytes });
          return `url('/assets/${name}')`;
        },
      );
      await Promise.all(fonts.map(({ name, bytes }) => writeFile(join(outDir, 'assets', name), bytes)));
      return { contents, loader: 'css' };
    });
  },
});

const inProduct = (path: string): boolean => !path.includes('node_modules');

/**
 * One style sheet for all pages, ours after the libraries'. Gives its file name. With one in the document's head
 * nothing is ever shown unstyled, and chunks that share a component do not carry its styles twice.
 */
async function buildStyles(paths: readonly string[], outDir: string): Promise<string> {
  const ordered = [...paths].sort((a, b) => Number(inProduct(a)) - Number(inProduct(b)) || a.localeCompare(b));
  const contents = ordered.map((path) => `@import ${JSON.stringify(path)};`).join('\n');
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    stdin: { contents, loader: 'css', resolveDir: ROOT },
    bundle: true,
    minify: true,
    write: false,
    external: ['/assets/*'],
    target: BROWSERS,
    legalComments: 'none',
    logLevel: 'error',
    plugins: [fontsApart(outDir)],
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  const name = `styles-${hashOf(bytes)}.css`;
  await writeFile(join(outDir, 'assets', name), bytes);
  return name;
}

/** Audio worklets are loaded by their address, each a script of its own. */
const WORKLETS = { playback: 'web/voice/playback-worklet.ts', capture: 'web/voice/capture-worklet.ts' };

/** Builds the worklets and gives the address of each. */
async function buildWorklets(outDir: string): Promise<Readonly<Record<string, string>>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: WORKLETS,
    outdir: join(outDir, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: BROWSERS,
    legalComments: 'none',
    logLevel: 'error',
  });
  const files = Object.entries(metafile.outputs);
  const addressOf = (source: string): string =>
    `/assets/${basename(files.find(([, { entryPoint }]) => entryPoint === source)?.[0] ?? '')}`;
  return Object.fromEntries(Object.entries(WORKLETS).map(([name, source]) => [name, addressOf(source)]));
}

/**
 * The scripts, a chunk a page. Rolldown rather than esbuild: it gives a chunk only what its pages use of a shared module
 * and joins small ones, an eighth less to load in half as many files.
 */
async function buildScripts(source: string, outDir: string, plugins: Plugin[]): Promise<readonly OutputChunk[]> {
  const bundle = await rolldown({
    cwd: ROOT,
    input: { dashboard: source },
    platform: 'browser',
    logLevel: 'silent',
    transform: {
      target: BROWSERS,
      jsx: { runtime: 'automatic' },
      define: {
        'process.env.NODE_ENV': '"production"',
        ORATIO_WORKLETS: JSON.stringify(await buildWorklets(outDir)),
      },
    },
    plugins,
  });
  const { output } = await bundle.write({
    dir: join(outDir, 'assets'),
    entryFileNames: '[name]-[hash].js',
    // What is shared would be named for all of its pages.
    chunkFileNames: ({ name }) => `${name.split('~')[0]}-[hash].js`,
    format: 'esm',
    minify: true,
    comments: false,
    codeSplitting: {
      groups: [
        // Before all: what asks for the rest must not wait for any of it.
        { name: 'start', test: (id) => id.endsWith(source), priority: 3 },
        { name: 'shell', test: SHELL, priority: 2 },
        { name: 'shared', priority: 1, minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: SMALL_BYTES },
      ],
    },
  });
  await bundle.close();
  return output.filter((file) => file.type === 'chunk');
}

/** Files of the chunk and of those it imports at once. */
function withImports(chunks: readonly OutputChunk[], start: OutputChunk | undefined): readonly string[] {
  const seen = new Set<string>();
  const visit = (chunk: OutputChunk | undefined): void => {
    if (chunk === undefined || seen.has(chunk.fileName)) return;
    seen.add(chunk.fileName);
    for (const name of chunk.imports) visit(chunks.find(({ fileName }) => fileName === name));
  };
  visit(start);
  return [...seen];
}

/** What scripts each page has besides those `known`, for `preloadScripts`. Throws for a page that has none. */
function pageScripts(chunks: readonly OutputChunk[], known: ReadonlySet<string>): string {
  const entries = PAGES.map(({ path, module }) => {
    const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/${module}.tsx`));
    if (chunk === undefined) throw new Error(`${path} has no script: there is no module ${module}`);
    return [path, withImports(chunks, chunk).filter((name) => !known.has(name))];
  });
  const written = JSON.stringify(Object.fromEntries(entries));
  // Data, not a script: nothing of it is run, and the policy has nothing against it.
  return `<script type="application/json" id="${PAGE_SCRIPTS_ID}">${written}</script>`;
}

/**
 * Writes the dashboard to `outDir`: `index.html`, and below `assets/` scripts (a chunk a page), one style sheet and
 * fonts, all named by their content, so that they may be cached for good. `source` is another entry to build the same
 * way. Gives the chunks.
 */
export async function buildDashboard(outDir: string, source = ENTRY): Promise<readonly OutputChunk[]> {
  await mkdir(join(outDir, 'assets'), { recursive: true });
  const styles = new Set<string>();
  const chunks = await buildScripts(source, outDir, [withoutStyles(styles), inEnglish]);
  const sheet = await buildStyles([...styles], outDir);
  const entry = chunks.find(({ isEntry }) => isEntry);
  const shell = chunks.find(({ moduleIds }) => moduleIds.some((id) => SHELL.test(id)));
  const first = new Set([...withImports(chunks, entry), ...withImports(chunks, shell)]);
  const head = [
    `<link rel="stylesheet" href="/assets/${sheet}" />`,
    `<script type="module" src="/assets/${entry?.fileName}"></script>`,
    ...[...first].slice(1).map((name) => `<link rel="modulepreload" href="/assets/${name}" />`),
  ];
  if (source === ENTRY) head.push(pageScripts(chunks, first));
  const page = await readFile(join(ROOT, 'web/dashboard/index.html'), 'utf8');
  await writeFile(join(outDir, 'index.html'), page.replace('%HEAD%', head.join('\n    ')));
  return chunks;
}

if (import.meta.main) {
  const outDir = join(ROOT, 'build/web');
  const chunks = await buildDashboard(outDir);
  console.log(`${chunks.length} scripts in ${relative(process.cwd(), outDir)}`);
}
