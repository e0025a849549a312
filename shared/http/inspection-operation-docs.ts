import { AgentVersionListView, AgentVersionView } from '../agents/agent-version-view-schemas.ts';
import { PassagesView } from '../knowledge/knowledge-query-schemas.ts';
import { BODY_PROBLEMS, type OperationDocs } from './documented-operation.ts';

/** What people read about looking into an agent: its versions, and what it would find. */
export const INSPECTION_OPERATION_DOCS = {
  listAgentVersions: {
    summary: 'List the versions of an agent, newest first',
    responses: { 200: { description: 'A page of versions.', schema: AgentVersionListView } },
    problems: ['agent-not-found'],
  },
  getAgentVersion: {
    summary: 'Read a version: where each clause of its SOP went, its code and prompt, what the code checker said',
    responses: { 200: { description: 'The version.', schema: AgentVersionView } },
    problems: ['agent-not-found', 'agent-version-not-found'],
  },
  queryKnowledgeBase: {
    summary: 'Ask a knowledge base what its agent would find',
    responses: { 200: { description: 'Passages with scores.', schema: PassagesView } },
    problems: [...BODY_PROBLEMS, 'knowledge-base-not-found', 'knowledge-base-not-ready'],
  },
} as const satisfies Record<string, OperationDocs>;
