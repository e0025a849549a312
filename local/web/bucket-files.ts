import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import type { DeclaredResource } from '../core/service.ts';
import { requireText } from '../core/text.ts';

/** What `Custom::CDKBucketDeployment` puts into a bucket: folders of the assembly, their markers filled in. */
export interface DeployedFolder {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  readonly dir: string;
  /** Text of a placeholder → what stands for it. */
  readonly markers: Readonly<Record<string, string>>;
  readonly cacheControl: string | undefined;
}

interface DeclaredDeployment {
  readonly SourceBucketNames: readonly string[];
  readonly SourceObjectKeys: readonly string[];
  readonly SourceMarkers?: readonly Readonly<Record<string, string>>[];
  readonly DestinationBucketKeyPrefix?: string;
  readonly SystemMetadata?: { readonly 'cache-control'?: string };
}

/** Throws for a source that is not in the assembly, or packed. */
export function readDeployment({ properties, assetPath }: DeclaredResource): readonly DeployedFolder[] {
  const declared = properties as unknown as DeclaredDeployment;
  return declared.SourceObjectKeys.map((key, index) => {
    const dir = assetPath(declared.SourceBucketNames[index] ?? '', key);
    if (dir === undefined || !statSync(dir).isDirectory()) throw new Error(`the assembly has no folder ${key}`);
    return {
      dir,
      bucket: requireText(properties.DestinationBucketName, 'DestinationBucketName'),
      prefix: (declared.DestinationBucketKeyPrefix ?? '').replaceAll(/^\/|\/$/g, ''),
      markers: declared.SourceMarkers?.[index] ?? {},
      cacheControl: declared.SystemMetadata?.['cache-control'],
    };
  });
}

export interface BucketFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly cacheControl: string | undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** The object of the key; undefined when no deployment put it there. */
export function findFile(folders: readonly DeployedFolder[], bucket: string, key: string): BucketFile | undefined {
  for (const folder of folders) {
    if (folder.bucket !== bucket) continue;
    const below =
      folder.prefix === '' ? key : key.startsWith(`${folder.prefix}/`) ? key.slice(folder.prefix.length + 1) : '';
    const path = join(folder.dir, normalize(`/${below}`));
    if (below === '' || !existsSync(path) || !statSync(path).isFile()) continue;
    return {
      bytes: filled(readFileSync(path), folder.markers),
      contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
      cacheControl: folder.cacheControl,
    };
  }
  return undefined;
}

function filled(bytes: Buffer, markers: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(markers);
  if (entries.length === 0) return bytes;
  return Buffer.from(entries.reduce((text, [marker, value]) => text.replaceAll(marker, value), bytes.toString()));
}
