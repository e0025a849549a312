import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack, Template } from './template.ts';

export interface Assembly {
  readonly stacks: readonly Stack[];
  /** Directory or file of an asset by the bucket and key it would be uploaded to. */
  readonly assetPath: (bucket: string, key: string) => string | undefined;
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
    readonly directoryName?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, FileAsset>>;
}

interface FileAsset {
  readonly source: { readonly path?: string };
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

function readAssets(dir: string, file: string, assets: Map<string, string>): void {
  for (const { source, destinations } of Object.values(readJson<AssetManifest>(join(dir, file)).files ?? {})) {
    if (source.path === undefined) continue;
    // The key is the hash of the content: it names the asset whatever the bucket is called.
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(dir, source.path));
  }
}

function readDirectory(dir: string, stacks: Stack[], assets: Map<string, string>): void {
  const path = join(dir, 'manifest.json');
  if (!existsSync(path)) throw new Error(`${dir} is no cloud assembly: it has no manifest.json.`);
  for (const [id, { type, properties = {} }] of Object.entries(readJson<Manifest>(path).artifacts ?? {})) {
    if (type === 'aws:cloudformation:stack' && properties.templateFile) {
      const template = readJson<Template>(join(dir, properties.templateFile));
      stacks.push({ name: properties.stackName ?? id, template });
    } else if (type === 'cdk:asset-manifest' && properties.file) {
      readAssets(dir, properties.file, assets);
    } else if (type === 'cdk:cloud-assembly' && properties.directoryName) {
      readDirectory(join(dir, properties.directoryName), stacks, assets);
    }
  }
}

/** Reads what `cdk synth` wrote: stacks, nested stages and assets. Throws for a directory that is no assembly. */
export function readAssembly(dir: string): Assembly {
  const stacks: Stack[] = [];
  const assets = new Map<string, string>();
  readDirectory(dir, stacks, assets);
  return { stacks, assetPath: (_bucket, key) => assets.get(key) };
}
