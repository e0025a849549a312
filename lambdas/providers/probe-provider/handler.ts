import { parseEnv } from '../../../shared/kernel/env.ts';
import { ProbeProviderEnv, probeProvider } from '../../../shared/providers/probe-provider.ts';
import { systemSessionClock } from '../../../shared/voice/relay/system-session-clock.ts';

const { SPEECH_MODEL_ID: speechModelId, AGENT_MODEL_ID: textModelId } = parseEnv(ProbeProviderEnv);
export const handler = probeProvider({ clock: systemSessionClock(), speechModelId, textModelId });
