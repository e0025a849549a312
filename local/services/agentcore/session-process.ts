import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, symlinkSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { AwsError } from '../../core/service.ts';

/** A runtime's process for one session. */
export interface SessionProcess {
  readonly port: number;
  /** Settles when the process is gone, however it ended. */
  readonly exited: Promise<void>;
  readonly isAlive: () => boolean;
  /** Ends the whole process group. */
  readonly kill: () => Promise<void>;
  /** Ends the whole process group at once, without a word to it. */
  readonly crash: () => void;
}

export interface ProcessPlan {
  readonly codeDir: string;
  readonly entryPoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Real time: a process starts in it, whatever the cloud's clock says. */
  readonly startTimeoutMs: number;
}

export type PingStatus = 'Healthy' | 'HealthyBusy';

/** How often a starting process is asked; short, because people wait for it. */
const PING_INTERVAL_MS = 15;
/** How long a process may take to end by itself before it is killed. */
const GRACE_MS = 500;

/**
 * Ends a runtime whose cloud was killed: nobody else would, since it leads its own process group. In a thread of its
 * own, because generated code may loop without end in the main one; the cloud is named, because it may be gone before
 * the runtime looks.
 */
const WATCH_PARENT = `setInterval(()=>{if(process.ppid!==${process.pid})process.kill(-process.pid,"SIGKILL")},1000)`;
const EXIT_WITH_PARENT = `import{Worker}from"node:worker_threads";new Worker(${JSON.stringify(WATCH_PARENT)},{eval:true,env:{}}).unref();`;

/** After the first request, so that what it needed is kept as well; a process that ends earlier keeps nothing. */
const KEEP_COMPILED_AFTER_MS = 2000;

/**
 * Lets a process start with what the one before it compiled, of whichever agent and cloud: nearly all of the code is
 * the host's, the same for each. Node knows code by its place as seen from the folder of what was compiled, so that
 * folder is reached through a link beside the code; one for each host, which its size tells well enough, because the
 * text is compared again.
 */
const startCompiled = (codeDir: string, entry: string): string => {
  const size = statSync(entry, { throwIfNoEntry: false })?.size ?? 0;
  const kept = join(tmpdir(), `oratio-compiled-${userInfo().uid}`, `agentcore-${size}`);
  const directory = join(codeDir, '.compiled');
  mkdirSync(kept, { recursive: true });
  try {
    symlinkSync(kept, directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const options = JSON.stringify({ directory, portable: true });
  return `import{enableCompileCache,flushCompileCache}from"node:module";enableCompileCache(${options});setTimeout(flushCompileCache,${KEEP_COMPILED_AFTER_MS}).unref();`;
};

/** What AgentCore answers when a runtime fails: 424, `RuntimeClientError`. */
export const runtimeClientError = (message: string): AwsError => new AwsError('RuntimeClientError', message, 424);

/**
 * Starts the unpacked zip (`node main.js`) with its own port and waits until `/ping` answers.
 * Throws `RuntimeClientError` when it ends or stays silent.
 */
export const startProcess = async (plan: ProcessPlan): Promise<SessionProcess> => {
  const port = await freePort();
  mkdirSync(dirname(plan.logFile), { recursive: true });
  const log = openSync(plan.logFile, 'a');
  const entry = join(plan.codeDir, plan.entryPoint.at(-1) ?? '');
  const before = `data:text/javascript,${encodeURIComponent(EXIT_WITH_PARENT + startCompiled(plan.codeDir, entry))}`;
  const child = spawn(process.execPath, ['--import', before, entry], {
    cwd: plan.codeDir,
    env: { PATH: process.env.PATH ?? '', ...plan.environment, PORT: String(port) },
    // A group of its own, so that whatever it starts ends with it.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const started = describeProcess(child, port);
  await untilHealthy(started, plan.startTimeoutMs);
  return started;
};

const describeProcess = (child: ChildProcess, port: number): SessionProcess => {
  let alive = true;
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      alive = false;
      resolve();
    };
    child.once('exit', end).once('error', end);
  });
  const kill = async () => {
    if (!alive) return;
    signalGroup(child, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
    await exited;
    clearTimeout(timer);
    // Children of the runtime that outlived it.
    signalGroup(child, 'SIGKILL');
  };
  return { port, exited, isAlive: () => alive, kill, crash: () => signalGroup(child, 'SIGKILL') };
};

const signalGroup = ({ pid }: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
};

const untilHealthy = async (started: SessionProcess, timeoutMs: number): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (started.isAlive() && Date.now() < deadline) {
    if ((await ping(started.port)) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, PING_INTERVAL_MS));
  }
  const ended = !started.isAlive();
  await started.kill();
  throw runtimeClientError(
    ended
      ? 'An error occurred when starting the runtime. Please check its log for more information.'
      : 'Runtime initialization time exceeded. Please make sure that initialization completes in 30s.',
  );
};

/** The runtime's own word on its state; undefined when it does not answer. */
export const ping = async (port: number): Promise<PingStatus | undefined> => {
  try {
    const answer = await send(port, { method: 'GET', path: '/ping', headers: {} });
    const { status } = JSON.parse(Buffer.concat(await answer.toArray()).toString()) as { status?: PingStatus };
    return answer.statusCode === 200 ? (status ?? 'Healthy') : undefined;
  } catch {
    return undefined;
  }
};

/** One HTTP request to a runtime; resolves with the head of the answer, its body still streaming. */
export const send = (
  port: number,
  { method, path, headers, body }: { method: string; path: string; headers: IncomingHttpHeaders; body?: Uint8Array },
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    // A connection each: a runtime may stop between two requests.
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
