import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TALK = join(ROOT, 'web/talk');

/**
 * Writes the talk page to `outDir`: `talk.html`, `talk.css`, `talk.js` and the scripts of its two audio worklets,
 * `capture.js` and `playback.js`. The page names the others with a version drawn from their bytes, so that they may be
 * cached for good.
 */
export async function buildTalkPage(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      { in: 'web/talk/main.ts', out: 'talk' },
      { in: 'web/talk/talk.css', out: 'talk' },
      { in: 'web/voice/capture-worklet.ts', out: 'capture' },
      { in: 'web/voice/playback-worklet.ts', out: 'playback' },
    ],
    outdir: outDir,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17'],
    legalComments: 'none',
    logLevel: 'error',
  });
  const digest = createHash('sha256');
  for (const { contents } of outputFiles) digest.update(contents);
  const page = await readFile(join(TALK, 'index.html'), 'utf8');
  await Promise.all([
    ...outputFiles.map(({ path, contents }) => writeFile(path, contents)),
    writeFile(join(outDir, 'talk.html'), page.replaceAll('%VERSION%', digest.digest('hex').slice(0, 12))),
  ]);
}
