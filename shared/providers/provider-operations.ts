import type { Operation } from '../http/operation.ts';
import { PutProvidersBody, TestProviderBody } from './provider-requests.ts';

/** Operations on whose services an agent thinks, speaks and hears with, and on which agent is the default one. */
export const PROVIDER_OPERATIONS = {
  getProviders: {
    method: 'GET',
    path: '/agents/{agentId}/providers',
    functionName: 'manage-providers',
    scope: 'agents:read',
  },
  putProviders: {
    method: 'PUT',
    path: '/agents/{agentId}/providers',
    functionName: 'manage-providers',
    scope: 'agents:write',
    body: { accepts: 'json', schema: PutProvidersBody },
  },
  testProvider: {
    method: 'POST',
    path: '/providers/test',
    functionName: 'test-provider',
    scope: 'agents:write',
    body: { accepts: 'json', schema: TestProviderBody },
  },
  setDefaultAgent: {
    method: 'POST',
    path: '/agents/{agentId}/set-default',
    functionName: 'choose-agent',
    scope: 'agents:write',
  },
  // It may make the first agent: reading rights alone do not suffice.
  getCurrentAgent: {
    method: 'GET',
    path: '/agents/current',
    functionName: 'choose-agent',
    scope: 'agents:write',
  },
} as const satisfies Record<string, Operation>;
