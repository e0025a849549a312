import * as z from 'zod';
import { AgentAcceptedView, AgentListView, AgentView } from '../agents/agent-view-schemas.ts';
import type { ProblemCode } from '../kernel/problems.ts';
import { KnowledgeBaseListView, KnowledgeBaseView } from '../knowledge/knowledge-base-view-schemas.ts';
import { MessageAnswerView } from '../messages/answer-schemas.ts';
import { HealthView, VersionView } from '../service/service-views.ts';
import type { OperationId } from './operations.ts';

export interface DocumentedResponse {
  readonly description: string;
  readonly contentType?: string;
  readonly schema?: z.ZodType;
}

/** Any operation that asks who you are may answer these. */
export const COMMON_PROBLEMS: readonly ProblemCode[] = [
  'invalid-request',
  'unauthenticated',
  'insufficient-scope',
  'too-many-requests',
  'internal-error',
  'service-unavailable',
];

const BODY_PROBLEMS = [
  'malformed-json',
  'malformed-multipart',
  'invalid-encoding',
  'body-too-large',
  'unsupported-media-type',
] as const satisfies readonly ProblemCode[];

const FILE_PROBLEMS = [
  'sop-empty',
  'sop-too-long',
  'invalid-file-path',
  'duplicate-file-path',
  'unsupported-file-type',
  'file-empty',
  'file-too-large',
  'file-content-mismatch',
  'too-many-files',
  'description-without-file',
  'file-without-description',
  'descriptions-too-long',
] as const satisfies readonly ProblemCode[];

const IDEMPOTENCY_PROBLEMS = [
  'request-in-progress',
  'idempotency-key-reused',
] as const satisfies readonly ProblemCode[];

const CHANGE_PROBLEMS = [
  ...BODY_PROBLEMS,
  ...FILE_PROBLEMS,
  ...IDEMPOTENCY_PROBLEMS,
  'agent-not-found',
  'agent-busy',
  'precondition-failed',
] as const satisfies readonly ProblemCode[];

const accepted = (description: string) => ({ description, schema: AgentAcceptedView });

const CHANGED = {
  200: accepted('Changed at once; no new version was needed.'),
  202: accepted('A new version is being built; the one before serves until then.'),
};

export interface OperationDocs {
  readonly summary: string;
  /** Request headers with a meaning of their own. */
  readonly headers?: readonly ('Idempotency-Key' | 'If-Match' | 'If-None-Match')[];
  readonly responses: Readonly<Record<number, DocumentedResponse>>;
  /** Problems of its own; every operation may also answer the common ones. */
  readonly problems: readonly ProblemCode[];
}

/** What people read about each operation. Apart from the table of operations: no Lambda needs it to run. */
export const OPERATION_DOCS = {
  createAgent: {
    headers: ['Idempotency-Key'],
    summary: 'Create an agent from an SOP and files',
    responses: { 202: accepted('Stored; provisioning has begun or awaits uploads.') },
    problems: [...BODY_PROBLEMS, ...FILE_PROBLEMS, ...IDEMPOTENCY_PROBLEMS],
  },
  listAgents: {
    summary: 'List your agents, newest first',
    responses: { 200: { description: 'A page of agents.', schema: AgentListView } },
    problems: ['invalid-cursor'],
  },
  getAgent: {
    headers: ['If-None-Match'],
    summary: 'Read an agent, its knowledge base and the progress of its newest run',
    responses: {
      200: { description: 'The agent; its ETag changes with every write.', schema: AgentView },
      304: { description: 'The copy you have is still good.' },
    },
    problems: ['agent-not-found'],
  },
  updateAgent: {
    headers: ['If-Match', 'Idempotency-Key'],
    summary: 'Change parts of an agent',
    responses: CHANGED,
    problems: CHANGE_PROBLEMS,
  },
  replaceAgent: {
    headers: ['If-Match', 'Idempotency-Key'],
    summary: 'Replace an agent: files that are not described any more are removed',
    responses: CHANGED,
    problems: CHANGE_PROBLEMS,
  },
  deleteAgent: {
    headers: ['If-Match'],
    summary: 'Take an agent down with everything that belongs to it',
    responses: { 202: accepted('Teardown has begun; repeating is harmless.') },
    problems: ['agent-not-found', 'precondition-failed'],
  },
  retryAgent: {
    summary: 'Resume a failed run from its first step not done',
    responses: { 202: accepted('Resumed; files that never arrived have new forms.') },
    problems: ['agent-not-found', 'nothing-to-retry', 'agent-busy'],
  },
  sendMessage: {
    summary: 'Ask an agent in text',
    responses: { 200: { description: 'Its answer, with sources and tools.', schema: MessageAnswerView } },
    problems: [
      ...BODY_PROBLEMS,
      'agent-not-found',
      'agent-not-ready',
      'session-busy',
      'agent-runtime-failed',
      'agent-unavailable',
      'agent-timeout',
    ],
  },
  listKnowledgeBases: {
    summary: 'List your knowledge bases, newest first',
    responses: { 200: { description: 'A page of knowledge bases.', schema: KnowledgeBaseListView } },
    problems: ['invalid-cursor'],
  },
  getKnowledgeBase: {
    summary: 'Read a knowledge base with the state of ingestion of each file',
    responses: { 200: { description: 'The knowledge base.', schema: KnowledgeBaseView } },
    problems: ['knowledge-base-not-found'],
  },
  getHealth: {
    summary: 'Whether the service answers',
    responses: { 200: { description: 'It does.', schema: HealthView } },
    problems: [],
  },
  getVersion: {
    summary: 'Which commit runs here',
    responses: { 200: { description: 'Stage and commit.', schema: VersionView } },
    problems: [],
  },
  getOpenApi: {
    summary: 'This description',
    responses: { 200: { description: 'An OpenAPI 3.1 document.', schema: z.record(z.string(), z.unknown()) } },
    problems: [],
  },
  getDocs: {
    summary: 'This description for people',
    responses: { 200: { description: 'A page.', contentType: 'text/html', schema: z.string() } },
    problems: [],
  },
  getDocsAsset: {
    summary: 'Script of the page for people',
    responses: { 200: { description: 'A script, compressed.', contentType: 'text/javascript', schema: z.string() } },
    problems: ['not-found'],
  },
} as const satisfies Record<OperationId, OperationDocs>;
