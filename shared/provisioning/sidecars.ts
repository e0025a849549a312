import { createHash } from 'node:crypto';
import type { AgentKey } from '../agents/agent-store.ts';
import type { KnowledgeFile } from '../knowledge/knowledge-base.ts';
import { fileKey } from './knowledge-of-agent.ts';
import type { StoredObject } from './objects.ts';
import { agentPrefix } from './resource-names.ts';

/** Bedrock reads a document's metadata from the object of this name beside it. */
export const SIDECAR_SUFFIX = '.metadata.json';

/** Custom metadata S3 Vectors takes with each vector through Bedrock is 1 KB (Bedrock user guide, "S3 Vectors"). */
const METADATA_BYTES = 1000;

export interface SidecarPlan {
  readonly write: readonly { readonly key: string; readonly body: string }[];
  readonly remove: readonly string[];
}

/**
 * What has to change below the agent's prefix so that every file has its sidecar, with the tenant and the agent that
 * retrieval filters by, and nothing lies there that the agent does not have. Sidecars that are right already stay.
 */
export const planSidecars = (
  owner: AgentKey,
  files: readonly KnowledgeFile[],
  stored: readonly StoredObject[],
): SidecarPlan => {
  const wanted = files.map((file) => ({
    key: `${fileKey(owner, file.path)}${SIDECAR_SUFFIX}`,
    body: sidecarOf(owner, file),
  }));
  const etags = new Map(stored.map(({ key, etag }) => [key, etag]));
  const expected = new Set([...files.map(({ path }) => fileKey(owner, path)), ...wanted.map(({ key }) => key)]);
  return {
    write: wanted.filter(({ key, body }) => etags.get(key) !== md5(body)),
    remove: stored.map(({ key }) => key).filter((key) => key.startsWith(agentPrefix(owner)) && !expected.has(key)),
  };
};

/** The sidecar's text; a description that does not fit is cut: the whole of it reaches the AgentCreator. */
export const sidecarOf = ({ userId, agentId }: AgentKey, { path, description }: KnowledgeFile): string => {
  const attributes = { userId, agentId, path };
  if (description === undefined || description === '') return textOf(attributes);
  const room = METADATA_BYTES - Buffer.byteLength(JSON.stringify({ ...attributes, description: '' }));
  const cut = cutToBytes(description, room);
  return textOf(cut === '' ? attributes : { ...attributes, description: cut });
};

const textOf = (metadataAttributes: Readonly<Record<string, string>>): string => JSON.stringify({ metadataAttributes });

/** The longest beginning whose JSON form has at most so many bytes; never half a character. */
const cutToBytes = (text: string, bytes: number): string => {
  let used = 0;
  let cut = '';
  for (const character of text) {
    used += Buffer.byteLength(JSON.stringify(character)) - 2;
    if (used > bytes) break;
    cut += character;
  }
  return cut;
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
