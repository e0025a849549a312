import type { Operation } from '../http/operation.ts';
import { ChannelCredentialsBody, MetaHandshakeQuery, SignedBody, TwitterCrcQuery } from './social-requests.ts';

const credentials = { path: '/channel-credentials/{platform}', functionName: 'manage-channel-credentials' } as const;
/** Open, since platforms have no token; their signatures are checked instead. */
const webhook = { functionName: 'receive-social-message', scope: null } as const;
const signed = { body: { accepts: 'raw', schema: SignedBody } } as const;

/** Operations of what platforms are entrusted with, and what they call. */
export const SOCIAL_OPERATIONS = {
  putChannelCredentials: {
    ...credentials,
    method: 'PUT',
    scope: 'agents:write',
    body: { accepts: 'json', schema: ChannelCredentialsBody },
  },
  getChannelCredentials: { ...credentials, method: 'GET', scope: 'agents:read' },
  deleteChannelCredentials: { ...credentials, method: 'DELETE', scope: 'agents:write' },
  answerMetaHandshake: {
    ...webhook,
    method: 'GET',
    path: '/api/v1/webhooks/meta/{webhookId}',
    query: MetaHandshakeQuery,
  },
  receiveMetaMessages: { ...webhook, ...signed, method: 'POST', path: '/api/v1/webhooks/meta/{webhookId}' },
  answerTwitterCrc: {
    ...webhook,
    method: 'GET',
    path: '/api/v1/webhooks/twitter/{webhookId}',
    query: TwitterCrcQuery,
  },
  receiveTwitterMessages: { ...webhook, ...signed, method: 'POST', path: '/api/v1/webhooks/twitter/{webhookId}' },
} as const satisfies Record<string, Operation>;
