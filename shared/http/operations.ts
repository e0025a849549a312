import { CreateApiKeyBody, ListApiKeysQuery } from '../access/api-key-requests.ts';
import { CreateVoiceTicketBody } from '../access/voice-ticket-schemas.ts';
import { CreateAgentBody, ListAgentsQuery, UpdateAgentBody } from '../agents/agent-requests.ts';
import { ListCallsQuery } from '../calls/call-requests.ts';
import { ListKnowledgeBasesQuery } from '../knowledge/knowledge-base-requests.ts';
import { SendMessageBody } from '../messages/message-schemas.ts';
import {
  PlaceCallBody,
  StatusWebhookBody,
  StatusWebhookQuery,
  StreamWebhookBody,
  VoiceWebhookBody,
  VoiceWebhookQuery,
} from '../telephony/call-requests.ts';
import { AssignPhoneNumberBody, ListPhoneNumbersQuery } from '../telephony/phone-number-requests.ts';
import { PutVoiceSettingsBody } from '../voice/settings/voice-settings-views.ts';
import type { Operation, Scope } from './operation.ts';

/** Where the API lives. */
export const API_PREFIX = '/api/v1';
/** The creation service's original paths: `/api/agents…`. */
export const LEGACY_PREFIX = '/api';

/** The whole API. */
export const OPERATIONS = {
  createAgent: {
    method: 'POST',
    path: '/agents',
    functionName: 'create-agent',
    scope: 'agents:write',
    body: { accepts: 'json-or-multipart', schema: CreateAgentBody },
  },
  listAgents: {
    method: 'GET',
    path: '/agents',
    functionName: 'list-agents',
    scope: 'agents:read',
    query: ListAgentsQuery,
  },
  getAgent: {
    method: 'GET',
    path: '/agents/{agentId}',
    functionName: 'get-agent',
    scope: 'agents:read',
  },
  updateAgent: {
    method: 'PATCH',
    path: '/agents/{agentId}',
    functionName: 'update-agent',
    scope: 'agents:write',
    body: { accepts: 'json-or-multipart', schema: UpdateAgentBody },
  },
  replaceAgent: {
    method: 'PUT',
    path: '/agents/{agentId}',
    functionName: 'update-agent',
    scope: 'agents:write',
    body: { accepts: 'json-or-multipart', schema: CreateAgentBody },
  },
  deleteAgent: {
    method: 'DELETE',
    path: '/agents/{agentId}',
    functionName: 'delete-agent',
    scope: 'agents:write',
  },
  retryAgent: {
    method: 'POST',
    path: '/agents/{agentId}/retry',
    functionName: 'retry-agent',
    scope: 'agents:write',
  },
  sendMessage: {
    method: 'POST',
    path: '/agents/{agentId}/messages',
    functionName: 'send-message',
    scope: 'agents:ask',
    credentials: 'token-or-key',
    body: { accepts: 'json', schema: SendMessageBody },
  },
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
  createApiKey: {
    method: 'POST',
    path: '/agents/{agentId}/api-keys',
    functionName: 'manage-api-keys',
    scope: 'agents:write',
    body: { accepts: 'json', schema: CreateApiKeyBody },
  },
  listApiKeys: {
    method: 'GET',
    path: '/agents/{agentId}/api-keys',
    functionName: 'manage-api-keys',
    scope: 'agents:read',
    query: ListApiKeysQuery,
  },
  deleteApiKey: {
    method: 'DELETE',
    path: '/agents/{agentId}/api-keys/{keyId}',
    functionName: 'manage-api-keys',
    scope: 'agents:write',
  },
  getVoiceSettings: {
    method: 'GET',
    path: '/agents/{agentId}/voice',
    functionName: 'manage-voice-settings',
    scope: 'agents:read',
  },
  putVoiceSettings: {
    method: 'PUT',
    path: '/agents/{agentId}/voice',
    functionName: 'manage-voice-settings',
    scope: 'agents:write',
    body: { accepts: 'json', schema: PutVoiceSettingsBody },
  },
  createVoiceTicket: {
    method: 'POST',
    path: '/voice-tickets',
    functionName: 'create-voice-ticket',
    scope: 'agents:talk',
    credentials: 'token-or-key',
    body: { accepts: 'json', schema: CreateVoiceTicketBody },
  },
  listCalls: {
    method: 'GET',
    path: '/calls',
    functionName: 'list-calls',
    scope: 'agents:read',
    query: ListCallsQuery,
  },
  placeCall: {
    method: 'POST',
    path: '/calls',
    functionName: 'place-call',
    scope: 'agents:talk',
    body: { accepts: 'json', schema: PlaceCallBody },
  },
  getCall: {
    method: 'GET',
    path: '/calls/{callId}',
    functionName: 'get-call',
    scope: 'agents:read',
  },
  listPhoneNumbers: {
    method: 'GET',
    path: '/phone-numbers',
    functionName: 'manage-phone-numbers',
    scope: 'agents:read',
    query: ListPhoneNumbersQuery,
  },
  assignPhoneNumber: {
    method: 'PUT',
    path: '/phone-numbers/{phoneNumber}/assignment',
    functionName: 'manage-phone-numbers',
    scope: 'agents:write',
    body: { accepts: 'json', schema: AssignPhoneNumberBody },
  },
  freePhoneNumber: {
    method: 'DELETE',
    path: '/phone-numbers/{phoneNumber}/assignment',
    functionName: 'manage-phone-numbers',
    scope: 'agents:write',
  },
  answerTwilioVoice: {
    ...webhook('/api/v1/webhooks/twilio/voice'),
    query: VoiceWebhookQuery,
    body: { accepts: 'form', schema: VoiceWebhookBody },
  },
  answerTwilioStatus: {
    ...webhook('/api/v1/webhooks/twilio/status'),
    query: StatusWebhookQuery,
    body: { accepts: 'form', schema: StatusWebhookBody },
  },
  answerTwilioStream: {
    ...webhook('/api/v1/webhooks/twilio/stream-status'),
    body: { accepts: 'form', schema: StreamWebhookBody },
  },
  getHealth: open('/health'),
  getVersion: open('/version'),
  getOpenApi: open('/openapi.json'),
  getAsyncApi: open('/asyncapi.json'),
  getDocs: open('/docs'),
  getDocsAsset: open('/docs/{asset}'),
  getTalk: open('/talk', 'serve-talk'),
  getTalkAsset: open('/talk/{asset}', 'serve-talk'),
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;

/** Every operation by its id, seen as what they have in common. */
export const operation = (id: OperationId): Operation => OPERATIONS[id];

export interface Route {
  readonly operationId: OperationId;
  /** As API Gateway's HTTP API writes it: `POST /api/v1/agents`. */
  readonly routeKey: string;
  readonly functionName: string;
  /** Whether an authorizer guards it. */
  readonly authorized: boolean;
  /** Of a guarded one: tokens alone (JWT authorizer), or API keys, too (`authorize-request`). */
  readonly credentials: 'token' | 'token-or-key';
  readonly scope: Scope | null;
}

/** All routes of the HTTP API. */
export const routesOf = (): readonly Route[] =>
  (Object.keys(OPERATIONS) as OperationId[]).flatMap((operationId) => {
    const { method, path, functionName: name, scope, credentials = 'token' } = operation(operationId);
    return prefixesOf(operationId).map((prefix) => ({
      operationId,
      routeKey: `${method} ${prefix}${path}`,
      functionName: name,
      authorized: scope !== null,
      credentials,
      scope,
    }));
  });

/** Where an operation is served. */
export const prefixesOf = (id: OperationId): readonly string[] => {
  const { path, scope } = operation(id);
  if (scope === null) return [''];
  return ORIGINAL_PATHS.includes(path) ? [API_PREFIX, LEGACY_PREFIX] : [API_PREFIX];
};

/** What the creation service served. */
const ORIGINAL_PATHS: readonly string[] = [
  '/agents',
  '/agents/{agentId}',
  '/agents/{agentId}/retry',
  '/agents/{agentId}/messages',
];

function open<const Path extends string>(path: Path, functionName = 'describe-service') {
  return { method: 'GET' as const, path, functionName, scope: null };
}

/** Open, since the provider has no token; its signature is checked instead. */
function webhook<const Path extends string>(path: Path) {
  return { method: 'POST' as const, path, functionName: 'answer-phone-call' as const, scope: null };
}
