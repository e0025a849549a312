/** How long `npm start` takes to its first answer: on a copy with nothing built, and a second time. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { table } from './table.ts';

const ROOT = resolve(import.meta.dirname, '..');
const NOT_COPIED = new Set(['node_modules', 'build', 'cdk.out', '.git', '.oratio', 'coverage']);

export interface StartRow {
  readonly name: string;
  readonly firstAnswerMs: number;
  /** Until three questions are answered and the process has ended. */
  readonly endMs: number;
  /** To the first answer. */
  readonly barMs: number;
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolvePort(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function startOnce(root: string, port: number): Promise<Pick<StartRow, 'firstAnswerMs' | 'endMs'>> {
  const started = performance.now();
  const args = ['local/main.ts', '--once', '--data', join(root, '.oratio'), '--port', String(port)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let firstAnswerMs: number | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('A ')) firstAnswerMs ??= performance.now() - started;
  });
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0 || firstAnswerMs === undefined) reject(new Error(`npm start ended with ${code}`));
      else done({ firstAnswerMs, endMs: performance.now() - started });
    });
  });
}

export async function measureStarts(): Promise<StartRow[]> {
  const root = mkdtempSync(join(tmpdir(), 'oratio-start-'));
  try {
    cpSync(ROOT, root, {
      recursive: true,
      filter: (path) => !NOT_COPIED.has(relative(ROOT, path).split(sep)[0] ?? ''),
    });
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    const port = await freePort();
    return [
      { name: 'first: nothing built, no agent', barMs: 30_000, ...(await startOnce(root, port)) },
      { name: 'second', barMs: 3_000, ...(await startOnce(root, port)) },
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

export const startsTable = (rows: readonly StartRow[]): string =>
  table(
    ['start', 'first answer s', 'all three answers and the end s', 'bar s', 'verdict'],
    rows.map(({ name, firstAnswerMs, endMs, barMs }) => [
      name,
      seconds(firstAnswerMs),
      seconds(endMs),
      seconds(barMs),
      firstAnswerMs <= barMs ? 'met' : 'missed',
    ]),
  );
