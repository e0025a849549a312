import type { Operation } from '../http/operation.ts';
import {
  CreateAgentBody,
  ListAgentsQuery,
  ListAgentVersionsQuery,
  ReplaceAgentBody,
  UpdateAgentBody,
} from './agent-requests.ts';

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
  listAgentVersions: {
    method: 'GET',
    path: '/agents/{agentId}/versions',
    functionName: 'read-agent-versions',
    scope: 'agents:read',
    query: ListAgentVersionsQuery,
  },
  getAgentVersion: {
    method: 'GET',
    path: '/agents/{agentId}/versions/{version}',
    functionName: 'read-agent-versions',
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
    body: { accepts: 'json-or-multipart', schema: ReplaceAgentBody },
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
  startAgent: {
    method: 'POST',
    path: '/agents/{agentId}/start',
    functionName: 'control-agent',
    scope: 'agents:write',
  },
  stopAgent: {
    method: 'POST',
    path: '/agents/{agentId}/stop',
    functionName: 'control-agent',
    scope: 'agents:write',
  },
  pauseAgent: {
    method: 'POST',
    path: '/agents/{agentId}/pause',
    functionName: 'control-agent',
    scope: 'agents:write',
  },
  resumeAgent: {
    method: 'POST',
    path: '/agents/{agentId}/resume',
    functionName: 'control-agent',
    scope: 'agents:write',
  },
} as const satisfies Record<string, Operation>;
