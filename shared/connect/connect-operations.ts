import type { Operation } from '../http/operation.ts';
import { ConnectWebhookBody } from './connect-requests.ts';

/** What contact centres call. */
export const CONNECT_OPERATIONS = {
  answerConnectWebhook: {
    method: 'POST',
    path: '/webhooks/connect',
    functionName: 'answer-connect-webhook',
    scope: 'agents:ask',
    credentials: 'token-or-key',
    body: { accepts: 'json', schema: ConnectWebhookBody },
  },
} as const satisfies Record<string, Operation>;
