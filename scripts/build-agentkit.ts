import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { kitDeclarations } from './build-kit-declarations.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const KIT = join(ROOT, 'agentkit/kit');

/** The Strands SDK and its dependencies hold CommonJS that calls `require` for Node's own modules. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * Builds what AgentCore runs (NODE_22):
 * - `outDir/agent-runtime/`: `main.js`, `package.json`, `node_modules/@oratio/agent-kit/` with its declarations; a
 *   generated agent's four files are put beside them;
 * - `outDir/agent-creator/`: `main.js`, `package.json`; ready to be zipped.
 */
export async function buildAgentKit(outDir: string): Promise<void> {
  const runtime = join(outDir, 'agent-runtime');
  const creator = join(outDir, 'agent-creator');
  await rm(outDir, { recursive: true, force: true });
  await Promise.all([
    bundle('agentkit/runtime/main.ts', runtime),
    bundle('agentkit/creator/main.ts', creator),
    buildKit(join(runtime, 'node_modules/@oratio/agent-kit')),
  ]);
}

async function bundle(entry: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: join(directory, 'main.js'),
    bundle: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'error',
  });
  await writeFile(join(directory, 'package.json'), '{ "type": "module", "private": true }\n');
}

/** The kit as a package: one module and the declarations of its sources. */
async function buildKit(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(KIT, 'index.ts')],
    outfile: join(directory, 'index.js'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'node22',
    logLevel: 'error',
  });
  const manifest = { name: '@oratio/agent-kit', version: '1.0.0', type: 'module', exports: kitExports };
  await Promise.all([
    writeFile(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`),
    ...Object.entries(await kitDeclarations(KIT)).map(([name, text]) => writeFile(join(directory, name), text)),
  ]);
}

const kitExports = { '.': { types: './index.d.ts', default: './index.js' } };

if (import.meta.main) await buildAgentKit(process.argv[2] ?? join(ROOT, 'build/agentkit'));
