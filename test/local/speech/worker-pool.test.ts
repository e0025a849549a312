import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { makeWorkerPool, type WorkerPool } from '../../../local/speech/workers/worker-pool.ts';

type Job = number | 'die' | 'throw';
let pool: WorkerPool<Job, number>;
let spawned = 0;

function open(options: { size?: number; maxWaiting?: number; script?: string } = {}) {
  spawned = 0;
  pool = makeWorkerPool({
    spawn: () => {
      spawned++;
      return new Worker(new URL(options.script ?? './support/odd-worker.ts', import.meta.url));
    },
    size: options.size ?? 1,
    maxWaiting: options.maxWaiting ?? 100,
  });
}
afterEach(() => pool.close());

describe('a pool of workers', () => {
  it('does all jobs, with no more threads than it may have', async () => {
    open({ size: 2 });
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.run(i)));
    expect({ results, spawned }).toEqual({ results: Array.from({ length: 20 }, (_, i) => i * 2), spawned: 2 });
  });

  it('does urgent jobs before others that wait', async () => {
    open();
    const order: number[] = [];
    const note = (value: number) => order.push(value);
    await Promise.all([
      pool.run(1, { urgent: false }).then(note),
      pool.run(2, { urgent: false }).then(note),
      pool.run(3, { urgent: true }).then(note),
      pool.run(4, { urgent: true }).then(note),
    ]);
    expect(order).toEqual([6, 8, 2, 4]);
  });

  it('tells of a job that failed and goes on', async () => {
    open();
    await expect(pool.run('throw')).rejects.toThrow('I do not like this job.');
    expect({ result: await pool.run(4), spawned }).toEqual({ result: 8, spawned: 1 });
  });

  it('survives a job that kills its thread twice', async () => {
    open();
    const [dead, alive] = await Promise.allSettled([pool.run('die'), pool.run(4)]);
    expect({ dead, alive, spawned }).toEqual({
      dead: { status: 'rejected', reason: new Error('A worker thread ended with exit code 3.') },
      alive: { status: 'fulfilled', value: 8 },
      spawned: 3,
    });
  });

  it('does not start a thread forever that cannot start', async () => {
    open({ script: './support/no-such-file.ts' });
    await expect(pool.run(1)).rejects.toThrow(/Cannot find module/);
    expect(spawned).toBeLessThanOrEqual(3);
  });

  it('refuses jobs beyond its bound', async () => {
    open({ maxWaiting: 2 });
    const outcomes = await Promise.allSettled([pool.run(1), pool.run(2), pool.run(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('lets go of a job that nobody wants any more', async () => {
    open();
    const unwanted = new AbortController();
    const [first, second] = [pool.run(1), pool.run('throw', { signal: unwanted.signal })];
    unwanted.abort(new Error('Never mind.'));
    await expect(second).rejects.toThrow('Never mind.');
    expect(await first).toBe(2);
    await expect(pool.run(1, { signal: unwanted.signal })).rejects.toThrow('Never mind.');
  });

  it('ends what is under way when it is closed', async () => {
    open();
    const job = pool.run(1);
    await Promise.all([expect(job).rejects.toThrow('The worker pool is closed.'), pool.close()]);
    await expect(pool.run(2)).rejects.toThrow('The worker pool is closed.');
  });
});
