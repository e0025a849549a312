import { createHash } from 'node:crypto';
import * as z from 'zod';
import { attemptPrefix, versionPrefix } from '../building/building.ts';
import { LIMITS } from '../building/limits.ts';
import type { Objects } from './objects.ts';
import { MAX_BUILD_ATTEMPTS } from './resource-names.ts';

/** What the AgentCreator writes besides `result.json`. */
export const GENERATED_FILES = ['spec.json', 'agent_file.ts', 'prompt.md'] as const;
export type GeneratedFileName = (typeof GENERATED_FILES)[number];

/** The approved, transpiled module; only the code checker writes it. */
export const AGENT_MODULE = 'agent_file.mjs';

/** Says which files of a version were approved, by digest; written last, so its presence is the approval. */
export const APPROVAL = 'approval.json';

/** An object larger than this is not read at all; `spec.json`, the largest, may have this much. */
export const MAX_GENERATED_BYTES = LIMITS.specificationBytes;

const Digests = z.record(z.string(), z.string());

export const Approval = z.object({
  buildId: z.string(),
  attempt: z.int().min(1).max(MAX_BUILD_ATTEMPTS),
  digests: Digests,
});
export type Approval = z.output<typeof Approval>;

export const BuildResultFile = z.object({
  buildId: z.string(),
  status: z.enum(['succeeded', 'failed']),
  error: z.string().optional(),
  digests: Digests,
});

interface Version {
  readonly userId: string;
  readonly agentId: string;
  readonly version: number;
}

/** The approval of a version, when there is one. */
export const readApproval = async (code: Objects, version: Version): Promise<Approval | undefined> => {
  const key = `${versionPrefix(version)}${APPROVAL}`;
  // Listed first: without permission to list, a missing object would look like one that may not be read.
  const [found] = await code.list(key);
  if (found?.key !== key) return undefined;
  const parsed = Approval.safeParse(parseJson(await code.read(key)));
  return parsed.success ? parsed.data : undefined;
};

/** Whether an attempt is over. */
export const isBuilt = async (code: Objects, attempt: Version & { run: number; attempt: number }): Promise<boolean> => {
  const key = `${attemptPrefix(attempt)}result.json`;
  return (await code.list(key)).some((object) => object.key === key);
};

export const parseJson = (bytes: Uint8Array | undefined): unknown => {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
};

export const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());

/** Lower-case hex SHA-256. */
export const digestOf = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');
