import { parentPort, type Transferable } from 'node:worker_threads';
import { DISMISSAL } from './dismiss.ts';
import type { Answer } from './worker-pool.ts';

/** The other end of a `WorkerPool`: answers each job, and says so when it is ready for the first. */
export function serveJobs<Job, Result>(
  work: (job: Job) => { readonly result: Result; readonly transfer?: readonly Transferable[] },
): void {
  if (!parentPort) throw new Error('This file runs as a worker thread.');
  const port = parentPort;
  const answer = (message: Answer<Result>, transfer: readonly Transferable[] = []): void => {
    port.postMessage(message, [...transfer]);
  };
  port.on('message', (job: Job | typeof DISMISSAL) => {
    if (job === DISMISSAL) return port.close();
    try {
      const { result, transfer } = work(job);
      answer({ type: 'result', result }, transfer);
    } catch (error) {
      answer({ type: 'error', message: error instanceof Error ? error.message : String(error) });
    }
  });
  answer({ type: 'ready' });
}
