import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { EXIT } from './exit-codes.ts';
import type { Asking, Io } from './io.ts';

/** The terminal, files and clock of this process. */
export function realIo(): Io {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.stderr.write(`✗ ${message}\n`);
    process.exit(code === 'EPIPE' ? EXIT.ok : EXIT.failed);
  });
  // Nobody reads what is said: the result is what counts.
  process.stderr.on('error', () => undefined);
  return {
    out: (words) => void process.stdout.write(words),
    err: (words) => void process.stderr.write(words),
    stdin: () => untilAborted(text(process.stdin), stopping.signal),
    ask: (question, options) => ask(question, options, stopping.signal),
    isOutTty: process.stdout.isTTY === true,
    isErrTty: process.stderr.isTTY === true,
    isInTty: process.stdin.isTTY === true,
    // Asked for each time: a window changes its size.
    get columns() {
      return process.stdout.columns ?? process.stderr.columns ?? 100;
    },
    env: process.env,
    cwd: process.cwd(),
    nowMs: Date.now,
    signal: stopping.signal,
    openBrowser,
  };
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

function openBrowser(url: string): Promise<boolean> {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/** What is read from a screen would wait for ever behind Ctrl+C. */
function untilAborted<Value>(waiting: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    process.stdin.destroy();
    reject(signal.reason);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return Promise.race([waiting, promise]).finally(() => signal.removeEventListener('abort', stop));
}

/** Readline takes Ctrl+C for itself while it asks. */
async function ask(question: string, { isSecret, signal }: Asking, stopped: AbortSignal): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (isSecret) process.stderr.write(question);
  const asking = createInterface({
    input: process.stdin,
    output: isSecret ? silent : process.stderr,
    terminal: process.stdin.isTTY === true,
  });
  asking.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const until = signal === undefined ? stopped : AbortSignal.any([stopped, signal]);
    return await asking.question(isSecret ? '' : question, { signal: until });
  } finally {
    asking.close();
    if (isSecret) process.stderr.write('\n');
  }
}
