import type { Worker } from 'node:worker_threads';
import { dismiss } from './dismiss.ts';

/** Does jobs in worker threads, one at a time in each, the urgent ones first. */
export interface WorkerPool<Job, Result> {
  /** Rejects when the job threw, when its worker died twice over it, when too many wait, or when the signal aborts. */
  readonly run: (job: Job, options?: RunOptions) => Promise<Result>;
  /** Whether a job would be started at once by a worker that is up. */
  readonly hasIdle: () => boolean;
  readonly close: () => Promise<void>;
}

export interface RunOptions {
  /** Urgent jobs overtake those that only wait. */
  readonly urgent?: boolean;
  readonly signal?: AbortSignal;
}

export interface PoolOptions {
  /** A thread that serves jobs by `serveJobs`. */
  readonly spawn: () => Worker;
  /** Most threads: one from the start, so that the first job finds it warm, the others as jobs pile up. */
  readonly size: number;
  /** Most jobs that wait. */
  readonly maxWaiting: number;
}

interface Task<Job, Result> {
  readonly job: Job;
  readonly urgent: boolean;
  attempts: number;
  readonly done: (result: Result) => void;
  readonly failed: (error: Error) => void;
}

interface Thread<Job, Result> {
  readonly worker: Worker;
  task: Task<Job, Result> | undefined;
}

/** What a worker says: `ready` once, then one answer a job. */
export type Answer<Result> =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'error'; readonly message: string };

/** A job takes at most one thread with it when it dies, and is tried once more in a new one. */
const MAX_ATTEMPTS = 2;

export function makeWorkerPool<Job, Result>(options: PoolOptions): WorkerPool<Job, Result> {
  const threads = new Set<Thread<Job, Result>>();
  const idle: Thread<Job, Result>[] = [];
  const waiting: Task<Job, Result>[] = [];
  let closed = false;

  const startNext = (): void => {
    while (waiting.length > 0 && idle.length > 0) {
      const thread = idle.pop() as Thread<Job, Result>;
      const task = waiting.shift() as Task<Job, Result>;
      thread.task = task;
      task.attempts++;
      thread.worker.ref();
      thread.worker.postMessage(task.job);
    }
    // A new thread takes a second of a whole core: a single job that waits is served sooner by the threads there are.
    if (waiting.length > threads.size && threads.size < options.size && !closed) grow();
    const isStarting = (thread: Thread<Job, Result>): boolean => !thread.task && !idle.includes(thread);
    if (waiting.length > 0) for (const thread of threads) if (isStarting(thread)) thread.worker.ref();
  };

  const rest = (thread: Thread<Job, Result>): void => {
    thread.task = undefined;
    if (waiting.length === 0) thread.worker.unref();
    idle.push(thread);
    startNext();
  };

  const onAnswer = (thread: Thread<Job, Result>, answer: Answer<Result>): void => {
    if (answer.type === 'result') thread.task?.done(answer.result);
    if (answer.type === 'error') thread.task?.failed(new Error(answer.message));
    rest(thread);
  };

  /** The first job in line pays for a thread that dies before it is up, so that a broken one is not started forever. */
  const onDeath = (thread: Thread<Job, Result>, cause: Error): void => {
    if (!threads.delete(thread) || closed) return;
    const at = idle.indexOf(thread);
    if (at !== -1) idle.splice(at, 1);
    const task = thread.task ?? (at === -1 ? waiting.shift() : undefined);
    if (task && !thread.task) task.attempts++;
    if (task && task.attempts < MAX_ATTEMPTS) waiting.unshift(task);
    else task?.failed(cause);
    startNext();
  };

  const grow = (): void => {
    const thread: Thread<Job, Result> = { worker: options.spawn(), task: undefined };
    threads.add(thread);
    // Only work under way keeps the process alive.
    if (waiting.length === 0) thread.worker.unref();
    thread.worker.on('message', (answer: Answer<Result>) => onAnswer(thread, answer));
    thread.worker.on('error', (error) => onDeath(thread, error instanceof Error ? error : new Error(String(error))));
    thread.worker.on('exit', (code) => onDeath(thread, new Error(`A worker thread ended with exit code ${code}.`)));
  };

  const enqueue = (task: Task<Job, Result>): void => {
    const at = task.urgent ? waiting.findIndex(({ urgent }) => !urgent) : -1;
    waiting.splice(at === -1 ? waiting.length : at, 0, task);
    startNext();
  };

  const run = (job: Job, { urgent = true, signal }: RunOptions = {}): Promise<Result> => {
    if (closed) return Promise.reject(new Error('The worker pool is closed.'));
    if (signal?.aborted) return Promise.reject(abortError(signal));
    if (waiting.length >= options.maxWaiting)
      return Promise.reject(new Error('Too many jobs wait for a worker thread.'));
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const task: Task<Job, Result> = { job, urgent, attempts: 0, done: resolve, failed: reject };
    const onAbort = (): void => {
      const at = waiting.indexOf(task);
      if (at !== -1) waiting.splice(at, 1);
      reject(abortError(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    enqueue(task);
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  };

  const close = async (): Promise<void> => {
    closed = true;
    const open = [...threads];
    const unfinished = [...waiting.splice(0), ...open.flatMap(({ task }) => task ?? [])];
    for (const { failed } of unfinished) failed(new Error('The worker pool is closed.'));
    await Promise.all(open.map(({ worker }) => dismiss(worker)));
  };

  grow();
  return { run, hasIdle: () => idle.length > 0, close };
}

const abortError = (signal: AbortSignal | undefined): Error =>
  signal?.reason instanceof Error ? signal.reason : new Error('aborted');
