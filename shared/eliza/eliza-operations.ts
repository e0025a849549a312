import type { Operation } from '../http/operation.ts';
import { ElizaWebhookBody } from './eliza-requests.ts';

/** What programs between a platform and an agent call. */
export const ELIZA_OPERATIONS = {
  answerElizaWebhook: {
    method: 'POST',
    path: '/webhooks/elizaos',
    functionName: 'answer-eliza-webhook',
    scope: 'agents:ask',
    credentials: 'token-or-key',
    body: { accepts: 'json', schema: ElizaWebhookBody },
  },
} as const satisfies Record<string, Operation>;
