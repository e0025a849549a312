import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../../local/core/clock.ts';
import { openKeyRing } from '../../../local/core/keys.ts';
import { openStore } from '../../../local/core/store.ts';
import { memoryStore } from '../support/memory-store.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

test('the store keeps JSON by namespace and key, in key order, across a reopening', () => {
  const dir = mkdtempSync(join(tmpdir(), 'oratio-store-'));
  dirs.push(dir);
  const first = openStore(dir);
  const agents = first.namespace('agents');
  for (const key of ['b/2', 'a/1', 'b/1', 'b']) agents.put(key, { key });
  agents.put('a/1', { key: 'again' });
  agents.delete('b');
  first.namespace('other').put('b/3', 1);
  first.close();
  const second = openStore(dir);
  const read = second.namespace('agents');
  const seen = {
    all: read.list(),
    under: read.list('b/').map(({ key }) => key),
    one: read.get('a/1'),
    none: read.get('b'),
  };
  second.close();
  expect(seen).toEqual({
    all: [
      { key: 'a/1', value: { key: 'again' } },
      { key: 'b/1', value: { key: 'b/1' } },
      { key: 'b/2', value: { key: 'b/2' } },
    ],
    under: ['b/1', 'b/2'],
    one: { key: 'again' },
    none: undefined,
  });
});

test('a test clock wakes sleepers in the order of their time, those that fall asleep meanwhile too', async () => {
  const clock = testClock(1000);
  const woken: string[] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push(`${name}@${clock.now()}`);
  };
  void sleep('late', 300).then(() => sleep('again', 50));
  void sleep('early', 100);
  const aborted = clock.sleep(200, AbortSignal.abort(new Error('stop'))).catch((error: Error) => error.message);
  await clock.advance(299);
  const before = [...woken];
  await clock.advance(100);
  expect({ before, woken, now: clock.now(), aborted: await aborted, left: clock.sleepers() }).toEqual({
    before: ['early@1100'],
    woken: ['early@1100', 'late@1300', 'again@1350'],
    now: 1399,
    aborted: 'stop',
    left: 0,
  });
});

test('session keys outlive the process that issued them, and a forged token opens nothing', async () => {
  const store = memoryStore();
  const role = 'arn:aws:iam::111122223333:role/path/worker';
  const issued = await openKeyRing('111122223333', store).credentialsOfRole(role, 'session');
  const later = openKeyRing('111122223333', store);
  const known = later.keyOf(issued.accessKeyId, issued.sessionToken);
  const [body = '', mac = ''] = issued.sessionToken.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, roleArn: `${role}-admin` })).toString('base64url');
  expect({
    secret: known?.secretAccessKey === issued.secretAccessKey,
    principal: known?.principal,
    forged: later.keyOf(issued.accessKeyId, `${forged}.${mac}`),
    withoutToken: later.keyOf(issued.accessKeyId),
    rootOfAnother: openKeyRing('111122223333', memoryStore()).keyOf(later.root.accessKeyId),
  }).toEqual({
    secret: true,
    principal: {
      kind: 'role',
      arn: 'arn:aws:sts::111122223333:assumed-role/worker/session',
      roleName: 'worker',
      accessKeyId: issued.accessKeyId,
    },
    forged: undefined,
    withoutToken: undefined,
    rootOfAnother: undefined,
  });
});
