import type { Operation } from '../../http/operation.ts';
import { PutVoiceSettingsBody } from './voice-settings-views.ts';

/** Operations on how an agent speaks. */
export const VOICE_SETTINGS_OPERATIONS = {
  getVoiceSettings: {
    method: 'GET',
    path: '/agents/{agentId}/voice',
    functionName: 'manage-voice-settings',
    scope: 'agents:read',
  },
  putVoiceSettings: {
    method: 'PUT',
    path: '/agents/{agentId}/voice',
    functionName: 'manage-voice-settings',
    scope: 'agents:write',
    body: { accepts: 'json', schema: PutVoiceSettingsBody },
  },
} as const satisfies Record<string, Operation>;
