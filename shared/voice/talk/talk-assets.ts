import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `scripts/build-web.ts` puts beside the function's bundle. */
const CONTENT_TYPES = {
  'talk.html': 'text/html; charset=utf-8',
  'talk.css': 'text/css; charset=utf-8',
  'talk.js': 'text/javascript; charset=utf-8',
  'capture.js': 'text/javascript; charset=utf-8',
  'playback.js': 'text/javascript; charset=utf-8',
} as const;

export type TalkAssetName = keyof typeof CONTENT_TYPES;

export const isTalkAsset = (name: string | undefined): name is TalkAssetName =>
  name !== undefined && Object.hasOwn(CONTENT_TYPES, name);

export interface TalkAssets {
  readonly read: (name: TalkAssetName) => Promise<{ readonly content: Buffer; readonly contentType: string }>;
}

/** Assets in a folder, by default the one the function was deployed to. */
export const bundledTalkAssets = (folder: string = process.env.LAMBDA_TASK_ROOT ?? '.'): TalkAssets => ({
  read: async (name) => ({ content: await readFile(join(folder, name)), contentType: CONTENT_TYPES[name] }),
});
