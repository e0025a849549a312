import { expect, test } from 'vitest';
import type { FunctionConfig } from '../../../local/lambda/function-config.ts';
import { FunctionQueue } from '../../../local/lambda/function-queue.ts';

const CONFIG = { name: 'gateway', timeoutSeconds: 29 } as FunctionConfig;
const PATIENCE_MS = 50;

const queueWith = ({ tookMs, busy, waitingSinceMs }: { tookMs: number; busy: number; waitingSinceMs: number[] }) => {
  const queue = new FunctionQueue(CONFIG);
  queue.took(tookMs);
  for (let count = 0; count < busy; count += 1) queue.busy.add({ count } as never);
  for (const sinceMs of waitingSinceMs) queue.waiters.push({ take: () => undefined, refuse: () => undefined, sinceMs });
  return queue;
};

test('events of a quick function wait behind its processes at work', () => {
  const queue = queueWith({ tookMs: 4, busy: 3, waitingSinceMs: [0, 10, 20] });
  expect(queue.impatient(3, PATIENCE_MS, 40)).toBe(0);
});

test('when they wait too long a quick function grows by one process, then by one more each quarter of a second', () => {
  const queue = queueWith({ tookMs: 4, busy: 3, waitingSinceMs: Array.from({ length: 20 }, () => 0) });
  expect([60, 200, 320, 560].map((nowMs) => queue.impatient(3, PATIENCE_MS, nowMs))).toEqual([1, 1, 2, 3]);
});

test('a stall does not make a quick function count as a slow one', () => {
  const queue = queueWith({ tookMs: 4, busy: 3, waitingSinceMs: Array.from({ length: 20 }, () => 0) });
  for (let run = 0; run < 20; run += 1) queue.took(1500);
  expect(queue.impatient(3, PATIENCE_MS, 60)).toBe(1);
});

test('each event of a slow function wants a process at once', () => {
  const queue = queueWith({ tookMs: 400, busy: 3, waitingSinceMs: [0, 10, 20] });
  expect(queue.impatient(3, PATIENCE_MS, 20)).toBe(3);
});
