import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { openItemStore } from '../../../local/services/dynamodb/item-store.ts';

const WRITER = new URL('./support/write-pairs.ts', import.meta.url).pathname;

/** Kills the writer after it has reported that many transactions; returns the last one it reported. */
const killedAfter = async (dataDir: string, transactions: number): Promise<number> => {
  const child = spawn(process.execPath, [WRITER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let reported = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    reported = Number(line);
    if (reported >= transactions) child.kill('SIGKILL');
  }
  return reported;
};

test('a process killed while it writes leaves every transaction whole and loses none it has answered', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'oratio-kill-'));
  const reported = await killedAfter(dataDir, 50);
  const store = openItemStore(dataDir, '111122223333', 'us-east-1');
  const counts = [...store.items('pairs')].map(({ count }) => Number(count?.N));
  store.close();
  await rm(dataDir, { recursive: true });
  expect(counts).toEqual([counts[0], counts[0]]);
  expect(counts[0]).toBeGreaterThanOrEqual(reported);
});
