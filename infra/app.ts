import { execFileSync } from 'node:child_process';
import { build } from '../scripts/build.ts';
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

// The bundler is a process of its own: the CDK's library is read meanwhile.
const [{ oratioApp }] = await Promise.all([import('./oratio-app.ts'), build()]);
oratioApp({}, commitOfSource, Date.now()).synth();
