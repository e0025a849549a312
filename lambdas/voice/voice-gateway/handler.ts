import { parseEnv } from '../../../shared/kernel/env.ts';
import { gatewayDependencies } from '../../../shared/voice/gateway/gateway-real-dependencies.ts';
import { voiceGateway } from '../../../shared/voice/gateway/voice-gateway.ts';
import { VoiceGatewayEnv } from '../../../shared/voice/gateway/voice-gateway-env.ts';

export const handler = voiceGateway(gatewayDependencies(parseEnv(VoiceGatewayEnv)));
