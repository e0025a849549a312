import type { Operation } from '../http/operation.ts';
import { ListKnowledgeBasesQuery } from './knowledge-base-requests.ts';
import { QueryKnowledgeBaseBody } from './knowledge-query-schemas.ts';

/** Operations on knowledge bases. */
export const KNOWLEDGE_OPERATIONS = {
  listKnowledgeBases: {
    method: 'GET',
    path: '/knowledge-bases',
    functionName: 'list-knowledge-bases',
    scope: 'agents:read',
    query: ListKnowledgeBasesQuery,
  },
  getKnowledgeBase: {
    method: 'GET',
    path: '/knowledge-bases/{knowledgeBaseId}',
    functionName: 'get-knowledge-base',
    scope: 'agents:read',
  },
  queryKnowledgeBase: {
    method: 'POST',
    path: '/knowledge-bases/{knowledgeBaseId}/query',
    functionName: 'query-knowledge-base',
    scope: 'agents:read',
    body: { accepts: 'json', schema: QueryKnowledgeBaseBody },
  },
} as const satisfies Record<string, Operation>;
