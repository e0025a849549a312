import * as z from 'zod';
import { CreateAgentBody, ListAgentsQuery, UpdateAgentBody } from '../agents/agent-requests.ts';
import { AgentAcceptedView, AgentListView, AgentView } from '../agents/agent-views.ts';
import type { ProblemCode } from '../kernel/problems.ts';
import { ListKnowledgeBasesQuery } from '../knowledge/knowledge-base-requests.ts';
import { KnowledgeBaseListView, KnowledgeBaseView } from '../knowledge/knowledge-base-views.ts';
import { MessageAnswerView, SendMessageBody } from '../messages/message-schemas.ts';
import { HealthView, VersionView } from '../service/service-views.ts';
import type { Operation, Scope } from './operation.ts';

/** Where the API lives. */
export const API_PREFIX = '/api/v1';
/** The creation service's original paths: `/api/agents…`. */
export const LEGACY_PREFIX = '/api';

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

const Page = z.string();

/** The whole API. */
export const OPERATIONS = {
  createAgent: {
    method: 'POST',
    path: '/agents',
    functionName: 'create-agent',
    scope: 'agents:write',
    summary: 'Create an agent from an SOP and files',
    body: { accepts: 'json-or-multipart', schema: CreateAgentBody },
    headers: ['Idempotency-Key'],
    responses: { 202: { description: 'Stored; provisioning has begun or awaits uploads.', schema: AgentAcceptedView } },
    problems: [...BODY_PROBLEMS, ...FILE_PROBLEMS, ...IDEMPOTENCY_PROBLEMS],
  },
  listAgents: {
    method: 'GET',
    path: '/agents',
    functionName: 'list-agents',
    scope: 'agents:read',
    summary: 'List your agents, newest first',
    query: ListAgentsQuery,
    responses: { 200: { description: 'A page of agents.', schema: AgentListView } },
    problems: ['invalid-cursor'],
  },
  getAgent: {
    method: 'GET',
    path: '/agents/{agentId}',
    functionName: 'get-agent',
    scope: 'agents:read',
    summary: 'Read an agent, its knowledge base and the progress of its newest run',
    headers: ['If-None-Match'],
    responses: {
      200: { description: 'The agent; its ETag changes with every write.', schema: AgentView },
      304: { description: 'The copy you have is still good.' },
    },
    problems: ['agent-not-found'],
  },
  updateAgent: {
    method: 'PATCH',
    path: '/agents/{agentId}',
    functionName: 'update-agent',
    scope: 'agents:write',
    summary: 'Change parts of an agent',
    body: { accepts: 'json-or-multipart', schema: UpdateAgentBody },
    headers: ['If-Match', 'Idempotency-Key'],
    responses: {
      200: { description: 'Changed at once; no new version was needed.', schema: AgentAcceptedView },
      202: { description: 'A new version is being built; the old one serves until then.', schema: AgentAcceptedView },
    },
    problems: CHANGE_PROBLEMS,
  },
  replaceAgent: {
    method: 'PUT',
    path: '/agents/{agentId}',
    functionName: 'update-agent',
    scope: 'agents:write',
    summary: 'Replace an agent: files that are not described any more are removed',
    body: { accepts: 'json-or-multipart', schema: CreateAgentBody },
    headers: ['If-Match', 'Idempotency-Key'],
    responses: {
      200: { description: 'Changed at once; no new version was needed.', schema: AgentAcceptedView },
      202: { description: 'A new version is being built; the old one serves until then.', schema: AgentAcceptedView },
    },
    problems: CHANGE_PROBLEMS,
  },
  deleteAgent: {
    method: 'DELETE',
    path: '/agents/{agentId}',
    functionName: 'delete-agent',
    scope: 'agents:write',
    summary: 'Take an agent down with everything that belongs to it',
    headers: ['If-Match'],
    responses: { 202: { description: 'Teardown has begun; repeating is harmless.', schema: AgentAcceptedView } },
    problems: ['agent-not-found', 'precondition-failed'],
  },
  retryAgent: {
    method: 'POST',
    path: '/agents/{agentId}/retry',
    functionName: 'retry-agent',
    scope: 'agents:write',
    summary: 'Resume a failed run from its first step not done',
    responses: {
      202: { description: 'Resumed; files that never arrived have new forms.', schema: AgentAcceptedView },
    },
    problems: ['agent-not-found', 'nothing-to-retry', 'agent-busy'],
  },
  sendMessage: {
    method: 'POST',
    path: '/agents/{agentId}/messages',
    functionName: 'send-message',
    scope: 'agents:ask',
    summary: 'Ask an agent in text',
    body: { accepts: 'json', schema: SendMessageBody },
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
    method: 'GET',
    path: '/knowledge-bases',
    functionName: 'list-knowledge-bases',
    scope: 'agents:read',
    summary: 'List your knowledge bases, newest first',
    query: ListKnowledgeBasesQuery,
    responses: { 200: { description: 'A page of knowledge bases.', schema: KnowledgeBaseListView } },
    problems: ['invalid-cursor'],
  },
  getKnowledgeBase: {
    method: 'GET',
    path: '/knowledge-bases/{knowledgeBaseId}',
    functionName: 'get-knowledge-base',
    scope: 'agents:read',
    summary: 'Read a knowledge base with the state of ingestion of each file',
    responses: { 200: { description: 'The knowledge base.', schema: KnowledgeBaseView } },
    problems: ['knowledge-base-not-found'],
  },
  getHealth: open('/health', 'Whether the service answers', HealthView),
  getVersion: open('/version', 'Which commit runs here', VersionView),
  getOpenApi: open('/openapi.json', 'This description', z.record(z.string(), z.unknown())),
  getDocs: open('/docs', 'This description for people', Page),
  getDocsAsset: open('/docs/{asset}', 'Script of the page for people', Page),
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;

/** Every operation by its id, seen as what they have in common. */
export const operation = (id: OperationId): Operation => OPERATIONS[id];

/** The Lambda that serves an operation; also the folder of its handler. */
export const functionName = (id: OperationId): string => OPERATIONS[id].functionName;

export interface Route {
  readonly operationId: OperationId;
  /** As API Gateway's HTTP API writes it: `POST /api/v1/agents`. */
  readonly routeKey: string;
  readonly functionName: string;
  /** Whether the JWT authorizer guards it. */
  readonly authorized: boolean;
  readonly scope: Scope | null;
}

/** All routes of the HTTP API. */
export const routesOf = (): readonly Route[] =>
  (Object.keys(OPERATIONS) as OperationId[]).flatMap((operationId) => {
    const { method, path, functionName: name, scope } = operation(operationId);
    return prefixesOf(operationId).map((prefix) => ({
      operationId,
      routeKey: `${method} ${prefix}${path}`,
      functionName: name,
      authorized: scope !== null,
      scope,
    }));
  });

/** Where an operation is served. */
export const prefixesOf = (id: OperationId): readonly string[] => {
  const { path, scope } = operation(id);
  if (scope === null) return [''];
  return path.startsWith('/agents') ? [API_PREFIX, LEGACY_PREFIX] : [API_PREFIX];
};

function open<const Path extends string>(path: Path, summary: string, schema: z.ZodType) {
  return {
    method: 'GET' as const,
    path,
    functionName: 'describe-service' as const,
    scope: null,
    summary,
    responses: { 200: { description: 'OK', schema } },
    problems: [] as readonly ProblemCode[],
  };
}
