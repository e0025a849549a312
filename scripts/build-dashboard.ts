import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BROWSERS = ['chrome123', 'firefox121', 'safari17.5'];
const ENTRY = 'web/dashboard/main.tsx';

/** What of the page is loaded before anything is shown; for `npm run bench -- dashboard`. */
export interface DashboardBuild {
  readonly metafile: Metafile;
}

/** Style sheets are left out of the scripts; `found` gets their paths. */
const withoutStyles = (found: Set<string>): Plugin => ({
  name: 'without-styles',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.css$/ }, ({ path }) => {
      found.add(path);
      return { contents: '', loader: 'js' };
    });
  },
});

/** The dashboard speaks English; what would fetch fifteen other languages is left out. */
const inEnglish: Plugin = {
  name: 'in-english',
  setup: (bundler) => {
    bundler.onLoad({ filter: /components\/i18n\/dynamic\.js$/ }, () => ({
      contents: 'export const importMessages = () => Promise.resolve([]);',
      loader: 'js',
    }));
  },
};

const hashOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 10);

/** Fonts inside a style sheet become files of their own: they are fetched when a text needs them, once. */
const fontsApart = (outDir: string): Plugin => ({
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

/** The entry's own chunk and those it imports at once. */
function firstScripts({ outputs }: Metafile, source: string): readonly string[] {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === source) ?? '';
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') visit(next);
  };
  visit(entry);
  return [...seen].map((path) => basename(path));
}

/**
 * Writes the dashboard to `outDir`: `index.html`, and below `assets/` scripts (a chunk a page), one style sheet and
 * fonts, all named by their content, so that they may be cached for good. `source` is another entry to build the same way.
 */
export async function buildDashboard(outDir: string, source = ENTRY): Promise<DashboardBuild> {
  await mkdir(join(outDir, 'assets'), { recursive: true });
  const styles = new Set<string>();
  const worklets = await buildWorklets(outDir);
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { dashboard: source },
    outdir: join(outDir, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: BROWSERS,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"', ORATIO_WORKLETS: JSON.stringify(worklets) },
    legalComments: 'none',
    logLevel: 'error',
    plugins: [withoutStyles(styles), inEnglish],
  });
  const sheet = await buildStyles([...styles], outDir);
  const [entry = '', ...preloaded] = firstScripts(metafile, source);
  const head = [
    `<link rel="stylesheet" href="/assets/${sheet}" />`,
    ...preloaded.map((name) => `<link rel="modulepreload" href="/assets/${name}" />`),
    `<script type="module" src="/assets/${entry}"></script>`,
  ];
  const page = await readFile(join(ROOT, 'web/dashboard/index.html'), 'utf8');
  await writeFile(join(outDir, 'index.html'), page.replace('%HEAD%', head.join('\n    ')));
  return { metafile };
}

if (import.meta.main) {
  const outDir = join(ROOT, 'build/web');
  const { metafile } = await buildDashboard(outDir);
  console.log(`${Object.keys(metafile.outputs).length} scripts in ${relative(process.cwd(), outDir)}`);
}
