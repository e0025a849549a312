import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { talk } from './talk.ts';

const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
// npm runs scripts in the package's folder and says here where the person was.
const cwd = process.env.INIT_CWD ?? process.cwd();

/** A process of its own: the command line is a client of the cloud, as anybody's. */
function oratio(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
  // Ctrl+C goes to both: the call says good-bye first.
  process.on('SIGINT', () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await talk(
    { cwd, print: (line) => process.stdout.write(`${line}\n`), oratio },
    process.argv.slice(2),
  );
} catch (error) {
  process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
