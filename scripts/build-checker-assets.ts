import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { kitDeclarations } from './build-kit-declarations.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const KIT = join(ROOT, 'agentkit/kit');

/**
 * Writes what the code checker needs at run time into `outDir` (made when absent). The bundle of the `check-code`
 * Lambda carries this directory as `checker-assets/` beside its `index.mjs`; nothing else of it needs special care,
 * because `shared/building` imports only types of `typescript` and loads the compiler from here:
 * - `typescript.cjs`: the compiler, minified (3.4 MB; not part of the handler's bundle, so it is parsed on first use);
 * - `declarations.json`: `{ libs, kit }`, the ECMAScript declarations and those of `@oratio/agent-kit`, by file name;
 * - `kit.mjs`: `@oratio/agent-kit` as one module, for the dry run and for `agent.zip`;
 * - `dry-run-child.mjs`: the program of the dry run's process.
 */
export async function buildCheckerAssets(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  const [libs, kit] = await Promise.all([readLibs(), kitDeclarations(KIT)]);
  await Promise.all([
    writeFile(join(outDir, 'declarations.json'), JSON.stringify({ libs, kit })),
    bundle('node_modules/typescript/lib/typescript.js', join(outDir, 'typescript.cjs'), 'cjs'),
    bundle('agentkit/kit/index.ts', join(outDir, 'kit.mjs'), 'esm'),
    bundle('shared/building/dry-run-child.ts', join(outDir, 'dry-run-child.mjs'), 'esm'),
  ]);
}

const bundle = (entry: string, outfile: string, format: 'cjs' | 'esm') =>
  build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    format,
    bundle: true,
    minify: format === 'cjs',
    platform: 'node',
    target: 'node22',
    logLevel: 'error',
    legalComments: 'none',
  });

/** The language alone: no DOM, no Node, so that a use of either is a type error. */
async function readLibs(): Promise<Record<string, string>> {
  const directory = join(ROOT, 'node_modules/typescript/lib');
  const names = (await readdir(directory)).filter((name) => /^lib\.(?:es\d|decorators).*\.d\.ts$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildCheckerAssets(process.argv[2] ?? join(ROOT, 'build/checker-assets'));
}
