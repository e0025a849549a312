import type { Operation } from '../http/operation.ts';
import { SendMessageBody } from './message-schemas.ts';

/** Operations of text conversations. */
export const MESSAGE_OPERATIONS = {
  sendMessage: {
    method: 'POST',
    path: '/agents/{agentId}/messages',
    functionName: 'send-message',
    scope: 'agents:ask',
    credentials: 'token-or-key',
    body: { accepts: 'json', schema: SendMessageBody },
  },
} as const satisfies Record<string, Operation>;
