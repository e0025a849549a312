import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Writes what the media container's image is made of to `outDir`: `main.mjs` and the `Dockerfile`. */
export async function buildMedia(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['containers/media/main.ts'],
    outfile: join(outDir, 'main.mjs'),
    bundle: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'error',
  });
  await copyFile(join(ROOT, 'containers/media/Dockerfile'), join(outDir, 'Dockerfile'));
}
