import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { manageProvidersDependencies } from '../../../shared/providers/provider-dependencies.ts';
import * as voice from '../../../shared/voice/settings/manage-voice-settings.ts';
import { VOICE_SETTINGS_OPERATIONS } from '../../../shared/voice/settings/voice-settings-operations.ts';

const deps = manageProvidersDependencies(parseEnv(voice.ManageVoiceSettingsEnv));
const [getVoiceSettings, putVoiceSettings] = [voice.getVoiceSettings(deps), voice.putVoiceSettings(deps)];
export const handler = httpLambda(VOICE_SETTINGS_OPERATIONS)({ getVoiceSettings, putVoiceSettings });
