/**
 * `npm test`: builds what the tests run, then every check and every test, and ends with the true counts.
 * The static checks count as one test each, so a type error fails the run as a failing test does.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

const RESULTS = 'build/test-results.json';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

const STATIC_CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types (tsc)', command: ['tsc', '-p', '.'] },
  { name: 'types of the browser code (tsc)', command: ['tsc', '-p', 'web'] },
  { name: 'format and lint (biome)', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'type-aware lint (oxlint)', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'unused code and dependencies (knip)', command: ['knip'] },
];

function run(command: readonly string[]): Promise<{ code: number; output: string }> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', (error) => resolve({ code: 127, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function runVisibly(command: readonly string[]): Promise<number> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function staticChecks(): Promise<Outcome> {
  let passed = 0;
  let failed = 0;
  for (const check of STATIC_CHECKS) {
    const { code, output } = await run(check.command);
    if (code === 0) {
      passed += 1;
      console.log(`✓ ${check.name}`);
    } else {
      failed += 1;
      console.log(`✗ ${check.name}\n${output}`);
    }
  }
  return { passed, failed };
}

async function vitest(filters: readonly string[]): Promise<Outcome> {
  rmSync(RESULTS, { force: true });
  const code = await runVisibly([
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${RESULTS}`,
    ...filters,
  ]);
  return outcomeOf(code, RESULTS);
}

/** A file that cannot be loaded has no tests to fail: it counts as one failure of its own. */
function outcomeOf(exitCode: number, file: string): Outcome {
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const unloadable = report.testResults.filter((r) => r.status === 'failed' && r.assertionResults.length === 0).length;
  const failed = report.numFailedTests + unloadable;
  return { passed: report.numPassedTests, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

async function main(): Promise<void> {
  const build = await runVisibly(['node', 'scripts/build.ts']);
  if (build !== 0) {
    console.log('0 passed, 1 failed');
    process.exitCode = 1;
    return;
  }
  const filters = process.argv.slice(2);
  // Side by side: the tests wait for much of their time, and the checks for nothing but a core.
  const checking = filters.length === 0 ? staticChecks() : Promise.resolve({ passed: 0, failed: 0 });
  const tests = await vitest(filters);
  const checks = await checking;
  const failed = checks.failed + tests.failed;
  console.log(`\n${checks.passed + tests.passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && tests.passed > 0 ? 0 : 1;
}

await main();
