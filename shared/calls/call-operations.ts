import type { Operation } from '../http/operation.ts';
import { ListCallsQuery } from './call-requests.ts';

/** Operations that read calls. */
export const CALL_OPERATIONS = {
  listCalls: {
    method: 'GET',
    path: '/calls',
    functionName: 'list-calls',
    scope: 'agents:read',
    query: ListCallsQuery,
  },
  getCall: {
    method: 'GET',
    path: '/calls/{callId}',
    functionName: 'get-call',
    scope: 'agents:read',
  },
} as const satisfies Record<string, Operation>;
