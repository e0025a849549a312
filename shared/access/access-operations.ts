import type { Operation } from '../http/operation.ts';
import { CreateApiKeyBody, ListApiKeysQuery } from './api-key-requests.ts';
import { CreateVoiceTicketBody } from './voice-ticket-schemas.ts';

/** Operations that let people and programs in. */
export const ACCESS_OPERATIONS = {
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
  createVoiceTicket: {
    method: 'POST',
    path: '/voice-tickets',
    functionName: 'create-voice-ticket',
    scope: 'agents:talk',
    credentials: 'token-or-key',
    body: { accepts: 'json', schema: CreateVoiceTicketBody },
  },
} as const satisfies Record<string, Operation>;
