import type { AgentId, KnowledgeBaseId, UserId } from '../kernel/ids.ts';

/** `notready` and `ready` are the creation service's words; the others lie between and beside them. */
export const KNOWLEDGE_BASE_STATUSES = ['notready', 'ingesting', 'ready', 'failed', 'deleting'] as const;
export type KnowledgeBaseStatus = (typeof KNOWLEDGE_BASE_STATUSES)[number];

/** Nested as the client sent it: a folder is an object, a file is its description. */
export type FolderFileDescriptions = { readonly [name: string]: string | FolderFileDescriptions };

export type FileStatus = 'awaiting-upload' | 'stored' | 'ingesting' | 'ingested' | 'failed';

export interface KnowledgeFile {
  /** Relative, `/`-separated, as given by the client: `products/catalog.pdf`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly description?: string;
  readonly status: FileStatus;
  readonly statusReason?: string;
}

/** What Bedrock holds for this knowledge base. In shared isolation all but the objects belong to the stage. */
export interface BedrockKnowledge {
  readonly isolation: 'dedicated' | 'shared';
  readonly bedrockKnowledgeBaseId: string;
  readonly dataSourceId: string;
  readonly vectorIndexArn: string;
  readonly ingestionJobId?: string;
}

/** One row of `oratio-knowledgebases` (PK `knowledgeBaseId`, GSI `userId-index`). Times are Unix seconds. */
export interface KnowledgeBase {
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly userId: UserId;
  readonly agentId: AgentId;
  /** `s3://{bucket}/{userId}/{agentId}/` */
  readonly s3Path: string;
  readonly status: KnowledgeBaseStatus;
  readonly statusReason?: string;
  readonly bedrock?: BedrockKnowledge;
  readonly folderFileDescriptions: FolderFileDescriptions;
  /** By path; at most 100, so that the row stays below DynamoDB's 400 KB. */
  readonly files: Readonly<Record<string, KnowledgeFile>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}
