import type { OperationDocs } from '../http/documented-operation.ts';
import { CallEventsView, OperatorTicketView } from './live-views.ts';

/** What people read about watching. */
export const LIVE_OPERATION_DOCS = {
  createOperatorTicket: {
    summary: 'Get a way in to watch your agents and calls live, over the WebSocket API',
    responses: { 201: { description: 'A ticket, and where to connect with it.', schema: OperatorTicketView } },
    problems: [],
  },
  listCallEvents: {
    summary: 'Read what has happened in a call, in order; also while it goes on',
    responses: {
      200: { description: 'Events after `after`; what was missed while not connected.', schema: CallEventsView },
    },
    problems: ['call-not-found'],
  },
} satisfies Record<string, OperationDocs>;
