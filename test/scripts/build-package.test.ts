import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../../scripts/build-package.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const run = promisify(execFile);

/** A program of somebody else, who has installed the package and nothing of this repository. */
const PROGRAM = `import { type AnswerOf, createOratioClient, OratioProblem } from 'oratio';
const client = createOratioClient({ baseUrl: 'https://api.example.com', token: () => 'ok_1' });
export const status: Promise<AnswerOf<'getAgent'>['status']> = client
  .call('getAgent', { path: { agentId: 'a' } })
  .then(({ data }) => data.status);
export const began = async (): Promise<number> => {
  for await (const call of client.items('listCalls', { query: { limit: 5 } })) return call.createdAtMs;
  return 0;
};
// @ts-expect-error There is no such operation.
void client.call('getNonsense');
// @ts-expect-error A question has words.
void client.call('sendMessage', { path: { agentId: 'a' }, body: {} });
export const isOurs = (error: unknown): boolean => error instanceof OratioProblem;
`;

describe('the package', () => {
  let folder: string;
  let bin: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oratio-package-'));
    const installed = join(folder, 'node_modules/oratio');
    mkdirSync(join(folder, 'node_modules'));
    await buildPackage(installed);
    symlinkSync(join(ROOT, 'node_modules/zod'), join(folder, 'node_modules/zod'));
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    bin = join(installed, 'bin/oratio.mjs');
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is a command line that needs nothing of this repository', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const cwd = folder;
    expect(execFileSync(process.execPath, [bin, '--version'], { cwd }).toString()).toBe(`${version}\n`);
    expect(execFileSync(process.execPath, [bin, 'completion', 'bash'], { cwd }).toString()).toContain('whisper');
  });

  it('says of which Node it has need, to one that is too old for it', () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); await import(${JSON.stringify(bin)})`;
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', old], { stdio: 'pipe' })).toThrow(
      'oratio needs Node.js 22 or newer; this is 20.20.2.',
    );
  });

  it('is a client whose example runs', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ answer: 'For 100 nights.', citations: [{ marker: 1, path: 'returns.pdf' }] }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const example = readFileSync(join(ROOT, 'examples/client/ask.ts'), 'utf8');
    writeFileSync(join(folder, 'ask.ts'), example.replace("'../../client/index.ts'", "'oratio'"));
    const { port } = server.address() as AddressInfo;
    const env = { ...process.env, ORATIO_API_URL: `http://127.0.0.1:${port}`, ORATIO_TOKEN: 't' };
    const args = ['ask.ts', '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11', 'How long?'];
    const { stdout } = await run(process.execPath, args, { cwd: folder, env });
    server.close();
    expect(stdout).toBe('For 100 nights.\n[1] returns.pdf\n');
  });

  it('has types that hold in a browser’s program, too', () => {
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    const options = ['--strict', '--target', 'es2022', '--lib', 'es2022,dom,esnext.disposable'];
    const language = ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit', '--ignoreConfig'];
    const args = [TSC, ...options, ...language, 'program.ts'];
    expect(execFileSync(process.execPath, args, { cwd: folder }).toString()).toBe('');
  }, 120_000);
});
