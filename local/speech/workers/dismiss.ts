import type { Worker } from 'node:worker_threads';

/** Tells a thread that it is not needed any more. */
export const DISMISSAL = 'dismissed';

/**
 * Lets a thread finish what it is doing and end. To terminate one in the middle of native code takes the whole process
 * with it.
 */
export async function dismiss(worker: Worker): Promise<void> {
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.ref();
  worker.postMessage(DISMISSAL);
  await exited;
}
