import type { Operation } from '../http/operation.ts';
import { PutChannelsBody } from './channel-requests.ts';

/** Operations on the channels of an agent. */
export const CHANNEL_OPERATIONS = {
  listChannels: {
    method: 'GET',
    path: '/agents/{agentId}/channels',
    functionName: 'manage-channels',
    scope: 'agents:read',
  },
  putChannels: {
    method: 'PUT',
    path: '/agents/{agentId}/channels',
    functionName: 'manage-channels',
    scope: 'agents:write',
    body: { accepts: 'json', schema: PutChannelsBody },
  },
  retryChannel: {
    method: 'POST',
    path: '/agents/{agentId}/channels/{channelType}/retry',
    functionName: 'manage-channels',
    scope: 'agents:write',
  },
} as const satisfies Record<string, Operation>;
