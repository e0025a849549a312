import type { Operation } from '../http/operation.ts';
import { CreateAgentBody, ListAgentsQuery, UpdateAgentBody } from './agent-requests.ts';

/** Operations on agents. */
export const AGENT_OPERATIONS = {
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
} as const satisfies Record<string, Operation>;
