import type { Operation } from '../http/operation.ts';
import { ProvisionAgentBody } from './onboarding-requests.ts';

/** The multi-channel engine's way of making an agent: snake_case in and out. */
export const ONBOARDING_OPERATIONS = {
  provisionAgent: {
    method: 'POST',
    path: '/agents/provision',
    functionName: 'onboard-agent',
    scope: 'agents:write',
    body: { accepts: 'json', schema: ProvisionAgentBody },
  },
  getProvisioning: {
    method: 'GET',
    path: '/provisionings/{provisioningId}',
    functionName: 'get-provisioning',
    scope: 'agents:read',
  },
} as const satisfies Record<string, Operation>;
