import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `scripts/build-openapi.ts` puts beside the function's bundle. */
const CONTENT_TYPES = {
  'openapi.json': 'application/json',
  'asyncapi.json': 'application/json',
  'websocket.html': 'text/html; charset=utf-8',
  'docs.html': 'text/html; charset=utf-8',
  'scalar.js.gz': 'text/javascript; charset=utf-8',
} as const;

export type AssetName = keyof typeof CONTENT_TYPES;

export interface ServiceAssets {
  readonly read: (name: AssetName) => Promise<{ readonly content: Buffer; readonly contentType: string }>;
}

/** Assets in a folder, by default the one the function was deployed to. */
export const bundledAssets = (folder: string = process.env.LAMBDA_TASK_ROOT ?? '.'): ServiceAssets => ({
  read: async (name) => ({ content: await readFile(join(folder, name)), contentType: CONTENT_TYPES[name] }),
});
