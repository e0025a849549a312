import type * as z from 'zod';
import type { KnowledgeBase } from './knowledge-base.ts';
import type { KnowledgeBaseView } from './knowledge-base-view-schemas.ts';

/** A knowledge base as its owner sees it. */
export const knowledgeBaseView = (base: KnowledgeBase): z.output<typeof KnowledgeBaseView> => ({
  knowledgeBaseId: base.knowledgeBaseId,
  agentId: base.agentId,
  status: base.status,
  statusReason: base.statusReason ?? null,
  bedrockKnowledgeBaseId: base.bedrock?.bedrockKnowledgeBaseId ?? null,
  isolation: base.bedrock?.isolation ?? null,
  s3Path: base.s3Path,
  folderFileDescriptions: base.folderFileDescriptions,
  files: Object.values(base.files),
  createdAt: base.createdAt,
  updatedAt: base.updatedAt,
});
