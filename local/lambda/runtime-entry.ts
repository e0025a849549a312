import { createHash, randomUUID } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const SOURCE = join(import.meta.dirname, 'runtime/bootstrap.ts');
let entry: string | undefined;

/**
 * The entry of a function's process as plain JavaScript. Every cold start would take the types out of it again, which
 * costs more than half of what Node itself does.
 */
export function runtimeEntry(): string {
  entry ??= compiled();
  return entry;
}

/** One file for all clouds of this version: written beside its place and moved there, so that nobody reads half of it. */
function compiled(): string {
  const { outputFiles } = buildSync({
    entryPoints: [SOURCE],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    write: false,
  });
  const text = outputFiles[0]?.text ?? '';
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `oratio-runtime-${userInfo().uid}-${digest}.mjs`);
  if (existsSync(path)) return path;
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
  return path;
}
