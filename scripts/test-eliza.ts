/**
 * `npm run test:eliza`: installs the real ElizaOS server into `build/eliza-server` (or `--dir <folder>`), about 465 MB,
 * starts it over a model server of the tests and drives it through our adapter. Not part of `npm test`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CHECKS, World } from '../test/eliza/real/checks.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONTAINER = join(ROOT, 'containers/eliza');

/** Exactly the packages of the container's lock file; nothing happens when they are there. */
async function install(dir: string): Promise<void> {
  const lock = join(CONTAINER, 'package-lock.json');
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex');
  const stamp = join(dir, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  await mkdir(dir, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(CONTAINER, name), join(dir, name));
  const code = await new Promise<number | null>((done, fail) => {
    const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: dir, stdio: 'inherit' });
    npm.on('error', fail);
    npm.on('close', done);
  });
  if (code !== 0) throw new Error(`npm ci ended with ${code}.`);
  await writeFile(stamp, digest);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { dir: { type: 'string', default: join(ROOT, 'build/eliza-server') } } });
  const dir = resolve(values.dir);
  await install(dir);
  const world = await World.open(dir);
  const counts = { passed: 0, failed: 0 };
  try {
    for (const { name, run } of CHECKS) {
      const started = performance.now();
      const outcome = await run(world).then(
        (text) => ({ isGood: true, text }),
        (error: unknown) => ({ isGood: false, text: error instanceof Error ? error.message : String(error) }),
      );
      counts[outcome.isGood ? 'passed' : 'failed'] += 1;
      const ms = `${Math.round(performance.now() - started)} ms`.padStart(9);
      console.log(`${outcome.isGood ? '✓' : '✗'} ${ms}  ${name}\n              ${outcome.text.slice(0, 300)}`);
    }
  } finally {
    await world.close();
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

await main();
