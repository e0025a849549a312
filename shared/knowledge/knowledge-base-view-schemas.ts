import * as z from 'zod';
import { KNOWLEDGE_BASE_STATUSES } from './knowledge-base.ts';

const UnixSeconds = z.int().meta({ description: 'Unix seconds.', example: 1_795_000_000 });

export const FileView = z
  .object({
    path: z.string(),
    sizeBytes: z.int(),
    contentType: z.string(),
    description: z.string().optional(),
    status: z.enum(['awaiting-upload', 'stored', 'ingesting', 'ingested', 'failed']),
    statusReason: z.string().optional(),
  })
  .meta({ id: 'KnowledgeFile' });

export const KnowledgeBaseView = z
  .object({
    knowledgeBaseId: z.uuid(),
    agentId: z.uuid(),
    status: z.enum(KNOWLEDGE_BASE_STATUSES),
    statusReason: z.string().nullable(),
    bedrockKnowledgeBaseId: z.string().nullable(),
    isolation: z.enum(['dedicated', 'shared']).nullable().meta({ description: 'Null until it is provisioned.' }),
    s3Path: z.string(),
    folderFileDescriptions: z.record(z.string(), z.unknown()),
    files: z.array(FileView).meta({ description: 'With the state of ingestion of each.' }),
    createdAt: UnixSeconds,
    updatedAt: UnixSeconds,
  })
  .meta({ id: 'KnowledgeBase' });

export const KnowledgeBaseListView = z
  .object({ knowledgeBases: z.array(KnowledgeBaseView), nextCursor: z.string().nullable() })
  .meta({ id: 'KnowledgeBaseList' });
