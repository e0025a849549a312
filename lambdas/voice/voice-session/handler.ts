import { parseEnv } from '../../../shared/kernel/env.ts';
import { ownCall } from '../../../shared/voice/relay/own-call.ts';
import { ownCallDependencies } from '../../../shared/voice/relay/own-call-dependencies.ts';
import { VoiceSessionEnv } from '../../../shared/voice/relay/voice-session-env.ts';

export const handler = ownCall(ownCallDependencies(parseEnv(VoiceSessionEnv)));
