/**
 * `npm run package`: makes `build/package/` and of it `build/oratio-{version}.tgz`, the command line and its typed client
 * for machines without this repository. Node strips no types below `node_modules`, so both are bundled to JavaScript.
 */
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { buildCli } from './build-cli.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** `WebSocket` and `Promise.withResolvers` are there from then on. */
const OLDEST_NODE = 22;

const LAUNCHER = `#!/usr/bin/env node
if (Number(process.versions.node.split('.')[0]) < ${OLDEST_NODE}) {
  process.stderr.write(\`✗ oratio needs Node.js ${OLDEST_NODE} or newer; this is \${process.versions.node}.\\n\`);
  process.exit(1);
}
await import('../dist/oratio.mjs');
`;

const packageJson = {
  name: manifest.name,
  version: manifest.version,
  description: 'Command line and typed client of Oratio: agents from SOPs.',
  license: manifest.license,
  type: 'module',
  bin: { oratio: 'bin/oratio.mjs' },
  exports: {
    '.': { types: './types/client/index.d.ts', default: './dist/client.mjs' },
    './package.json': './package.json',
  },
  engines: { node: `>=${OLDEST_NODE}` },
  // The client's types are inferred from the API's schemas; nothing of it is needed when it runs.
  dependencies: { zod: manifest.dependencies.zod },
};

/** Fills a folder with all that the package is made of; what was in it is gone. Throws when the types cannot be written. */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const part of ['bin', 'dist']) await mkdir(join(folder, part), { recursive: true });
  writeTypes(join(folder, 'types'));
  await buildCli(join(folder, 'dist/oratio.mjs'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['client/index.ts'],
    outfile: join(folder, 'dist/client.mjs'),
    bundle: true,
    platform: 'neutral',
    target: 'es2024',
    format: 'esm',
    logLevel: 'error',
  });
  const launcher = join(folder, 'bin/oratio.mjs');
  await writeFile(launcher, LAUNCHER);
  await chmod(launcher, 0o755);
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(packageJson, undefined, 2)}\n`);
  await copyFile(join(ROOT, 'client/README.md'), join(folder, 'README.md'));
}

/** Declarations of the client and of what they name of `shared/`. */
function writeTypes(folder: string): void {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const emit = ['--declaration', '--emitDeclarationOnly', '--outDir', folder, '--rootDir', ROOT];
  const language = ['--target', 'esnext', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--types', 'node'];
  const strictness = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', '--verbatimModuleSyntax'];
  const sources = ['--allowImportingTsExtensions', '--resolveJsonModule', '--ignoreConfig', 'client/index.ts'];
  execFileSync(process.execPath, [compiler, ...emit, ...language, ...strictness, ...sources], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

if (import.meta.main) {
  const folder = join(ROOT, 'build/package');
  await buildPackage(folder);
  const out = execFileSync('npm', ['pack', folder, '--pack-destination', join(ROOT, 'build'), '--silent']);
  console.log(`build/${out.toString().trim()}`);
}
