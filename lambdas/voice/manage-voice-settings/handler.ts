import { dynamoAgentStore } from '../../../shared/agents/agents-dynamodb.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock as clock } from '../../../shared/kernel/real-dependencies.ts';
import * as voice from '../../../shared/voice/settings/manage-voice-settings.ts';
import { secretsManagerProviderKeys } from '../../../shared/voice/settings/provider-keys-secrets-manager.ts';
import { VOICE_SETTINGS_OPERATIONS } from '../../../shared/voice/settings/voice-settings-operations.ts';

const env = parseEnv(voice.ManageVoiceSettingsEnv);
const deps = { agents: dynamoAgentStore(env), providerKeys: secretsManagerProviderKeys(env), clock };
const [getVoiceSettings, putVoiceSettings] = [voice.getVoiceSettings(deps), voice.putVoiceSettings(deps)];
export const handler = httpLambda(VOICE_SETTINGS_OPERATIONS)({ getVoiceSettings, putVoiceSettings });
