import { execFileSync } from 'node:child_process';
import { build } from '../scripts/build.ts';
import { oratioApp } from './oratio-app.ts';
import { ROOT } from './paths.ts';

/** An archive of the sources has no history to ask. */
function commitOfSource(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return 'unknown';
  }
}

await build();
oratioApp({}, commitOfSource).synth();
