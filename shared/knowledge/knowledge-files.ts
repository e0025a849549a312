import type { AgentKey } from '../agents/agent-store.ts';

/** Metadata for the retriever, beside each file. */
export const METADATA_SUFFIX = '.metadata.json';

/** `{userId}/{agentId}/`: everything an agent knows lies below it. */
export const knowledgePrefix = ({ userId, agentId }: AgentKey): string => `${userId}/${agentId}/`;

export const knowledgeKey = (agent: AgentKey, path: string): string => `${knowledgePrefix(agent)}${path}`;

/** Where and what a client may upload, as a form that S3 accepts until it expires. */
export interface UploadForm {
  readonly path: string;
  readonly url: string;
  /** To be sent before the field `file`, all of them. */
  readonly fields: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** The files of agents' knowledge bases; every object is tagged with its owner. */
export interface KnowledgeFiles {
  /** For `s3Path` of a knowledge base: `s3://{bucket}/{userId}/{agentId}/`. */
  readonly location: (agent: AgentKey) => string;
  readonly put: (agent: AgentKey, path: string, content: Uint8Array) => Promise<void>;
  /** A form for exactly this file, of exactly this size. `expiresAt` in Unix seconds. */
  readonly uploadForm: (
    agent: AgentKey,
    file: { readonly path: string; readonly sizeBytes: number },
    expiresAt: number,
  ) => Promise<UploadForm>;
  /** The whole content; undefined when there is no such object. */
  readonly read: (agent: AgentKey, path: string) => Promise<Uint8Array | undefined>;
  /** The files and their metadata; nothing happens to those that are gone already. */
  readonly remove: (agent: AgentKey, paths: readonly string[]) => Promise<void>;
}
