import * as z from 'zod';
import type { Operation } from '../http/operation.ts';
import { wholeNumber } from '../http/query.ts';

const ListCallEventsQuery = z.strictObject({
  after: wholeNumber(0, 999_999)
    .optional()
    .meta({ description: 'Only events after this `seq`: the `next` of an answer before, or the last that was seen.' }),
});

/** Operations of people who watch. */
export const LIVE_OPERATIONS = {
  createOperatorTicket: {
    method: 'POST',
    path: '/operator-tickets',
    functionName: 'create-operator-ticket',
    scope: 'agents:read',
  },
  listCallEvents: {
    method: 'GET',
    path: '/calls/{callId}/events',
    functionName: 'list-call-events',
    scope: 'agents:read',
    query: ListCallEventsQuery,
  },
} as const satisfies Record<string, Operation>;
