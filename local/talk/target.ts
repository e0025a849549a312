import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { TalkOptions } from './options.ts';

/** Whom to call, and as whom. */
export interface Target {
  /** Of the HTTP API, without a slash at its end. */
  readonly apiUrl: string;
  readonly agentId: string;
  readonly apiKey: string;
}

/** What `npm start` writes next to its state for this program. */
const TALK_FILE = 'talk.json';
const TalkFile = z.object({ apiUrl: z.string(), agentId: z.string(), apiKey: z.string() });

/** From the command line, and from `npm start` what is missing there. Throws an `Error` that says what to do. */
export async function findTarget(options: TalkOptions): Promise<Target> {
  const { url, agentId, apiKey } = options;
  if (url !== undefined && agentId !== undefined && apiKey !== undefined) return { apiUrl: url, agentId, apiKey };
  const written = await readTalkFile(join(options.dataDir, TALK_FILE));
  return { apiUrl: url ?? written.apiUrl, agentId: agentId ?? written.agentId, apiKey: apiKey ?? written.apiKey };
}

async function readTalkFile(path: string): Promise<Target> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(
      `No cloud was started here (there is no ${path}). Run \`npm start\` and leave it running, or give --url, --agent and --key.`,
    );
  });
  try {
    return TalkFile.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is not what \`npm start\` writes. Run \`npm start\` again.`, { cause: error });
  }
}

/** Throws an `Error` that says what to do when nothing answers there. */
export async function checkReachable({ apiUrl }: Target): Promise<void> {
  await fetch(`${apiUrl}/health`).catch((error: unknown) => {
    throw new Error(`Nothing answers at ${apiUrl}. Run \`npm start\` and leave it running.`, { cause: error });
  });
}
