import type { Operation } from '../http/operation.ts';
import { GetCustomerQuery, LinkIdentityBody, ListCustomersQuery, UpdateCustomerBody } from './customer-requests.ts';

/** Operations on what agents know of customers. */
export const CUSTOMER_OPERATIONS = {
  listCustomers: {
    method: 'GET',
    path: '/agents/{agentId}/customers',
    functionName: 'manage-customers',
    scope: 'agents:read',
    query: ListCustomersQuery,
  },
  getCustomer: {
    method: 'GET',
    path: '/customers/{customerId}',
    functionName: 'manage-customers',
    scope: 'agents:read',
    query: GetCustomerQuery,
  },
  updateCustomer: {
    method: 'PATCH',
    path: '/customers/{customerId}',
    functionName: 'manage-customers',
    scope: 'agents:write',
    body: { accepts: 'json', schema: UpdateCustomerBody },
  },
  linkIdentity: {
    method: 'POST',
    path: '/customers/{customerId}/identities',
    functionName: 'manage-customers',
    scope: 'agents:write',
    body: { accepts: 'json', schema: LinkIdentityBody },
  },
  eraseCustomer: {
    method: 'DELETE',
    path: '/customers/{customerId}',
    functionName: 'manage-customers',
    scope: 'agents:write',
  },
} as const satisfies Record<string, Operation>;
