import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Everything the synthesized app is made of: a change in any of these makes a new assembly. */
const SOURCES = [
  'infra',
  'lambdas',
  'shared',
  'statemachines',
  'agentkit',
  'scripts',
  'web',
  'client',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** How long an assembly that is not the newest may still be in use. */
const KEPT_MS = 3_600_000;

function* filesBelow(path: string): Generator<string> {
  if (!existsSync(path)) return;
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(child);
    else yield child;
  }
}

function digestOfSources(root: string, context: string): string {
  const hash = createHash('sha256').update(context);
  for (const source of SOURCES) {
    const path = join(root, source);
    const files = source.endsWith('.json') ? [path] : [...filesBelow(path)];
    for (const file of files)
      hash
        .update(`${file.slice(root.length)}\n`)
        .update(readFileSync(file))
        .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function runNode(root: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`Synthesis failed (exit ${code}):\n${output.slice(-4000)}`)),
    );
  });
}

/** The context the CDK command line would hand to the app; `overrides` as its `-c key=value`. */
function cdkContext(root: string, overrides: object): string {
  const { context = {} } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context?: object };
  return JSON.stringify({ ...context, ...overrides });
}

export interface Assembly {
  readonly dir: string;
  readonly cached: boolean;
}

/** Old assemblies go; one that another process may just be making or serving stays. */
function removeOldAssemblies(cache: string, keep: string): void {
  for (const entry of readdirSync(cache)) {
    const path = join(cache, entry);
    if (path !== keep && Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Synthesizes the CDK app without the network, once per content of its sources.
 * An assembly appears under its final name only when it is whole, so a start cut off half-way leaves none behind, and
 * two at once do not disturb each other.
 * Throws an `Error` with the tail of the app's output when the app does not synthesize.
 */
export async function synthesize(root: string, cacheDir: string, overrides: object = {}): Promise<Assembly> {
  const cache = join(root, cacheDir);
  const context = cdkContext(root, overrides);
  const dir = join(cache, digestOfSources(root, context));
  if (existsSync(join(dir, 'manifest.json'))) return { dir, cached: true };
  mkdirSync(cache, { recursive: true });
  removeOldAssemblies(cache, dir);
  const unfinished = `${dir}.${process.pid}`;
  await runNode(root, ['infra/app.ts'], {
    ...process.env,
    CDK_OUTDIR: unfinished,
    CDK_CONTEXT_JSON: context,
    // The check of the templates against CloudFormation's specification takes longer than all the rest; `npm test` and
    // `cdk synth` make it. cdk-nag stays on.
    CDK_VALIDATION: 'false',
  });
  if (existsSync(join(dir, 'manifest.json'))) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, dir);
  return { dir, cached: false };
}
