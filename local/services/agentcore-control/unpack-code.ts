import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { validation } from '../bedrock/common.ts';

/** AgentCore developer guide, "Direct code deployment": limit of the zip, 2026-11. */
const LARGEST_ZIP_BYTES = 250 * 1024 * 1024;

/**
 * Unpacks a zip below `codeRoot` under its digest, so that the same code lies there once and a version keeps its own
 * whatever becomes of the object in S3. Throws `ValidationException` for what is no zip or reaches outside.
 */
export const unpackZip = async (zip: Buffer, codeRoot: string): Promise<string> => {
  if (zip.length > LARGEST_ZIP_BYTES) throw validation('The code exceeds the limit of 250 MB.');
  return keepOnce(codeRoot, createHash('sha256').update(zip).digest('hex'), async (directory) => {
    for (const [name, bytes] of Object.entries(entriesOf(zip))) {
      const path = join(directory, name);
      if (!path.startsWith(directory + sep)) throw validation(`The code has a file outside its folder: ${name}`);
      if (name.endsWith('/')) continue;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    }
  });
};

/** Keeps a folder of the assembly (a CDK asset, named by its content) as the code of a version. */
export const keepDirectory = (source: string, codeRoot: string, name: string): Promise<string> =>
  keepOnce(codeRoot, name, (directory) => cp(source, directory, { recursive: true }));

const entriesOf = (zip: Buffer): Record<string, Uint8Array> => {
  try {
    return unzipSync(zip);
  } catch {
    throw validation('The code is not a valid zip file.');
  }
};

/** Fills a fresh directory and moves it into place whole, so that a crash leaves nothing half unpacked. */
const keepOnce = async (
  codeRoot: string,
  name: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> => {
  const place = join(codeRoot, name);
  if (await exists(place)) return place;
  const directory = `${place}.${randomUUID()}`;
  await mkdir(directory, { recursive: true });
  try {
    await fill(directory);
    await rename(directory, place);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    // Somebody else was faster.
    if (!(await exists(place))) throw error;
  }
  return place;
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
