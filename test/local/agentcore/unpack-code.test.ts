import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { unpackZip } from '../../../local/services/agentcore-control/unpack-code.ts';

test('the same code unpacked many times at once is whole for each, and lies there once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'code.'));
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`lib/${n}.js`, Buffer.from(`export default ${n}`)]),
  );
  const zip = Buffer.from(zipSync({ ...files, 'main.js': Buffer.from('import "./lib/0.js"') }));
  const places = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const place = await unpackZip(zip, root);
      return { place, main: await readFile(join(place, 'main.js'), 'utf8') };
    }),
  );
  expect(new Set(places.map(({ place, main }) => `${place} ${main}`)).size).toBe(1);
  expect(await readdir(root)).toHaveLength(1);
  await rm(root, { recursive: true });
});
