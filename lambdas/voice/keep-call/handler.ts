import { parseEnv } from '../../../shared/kernel/env.ts';
import { keepCall } from '../../../shared/voice/keeper/keep-call.ts';
import { keeperDependencies } from '../../../shared/voice/keeper/keep-call-dependencies.ts';
import { KeepCallEnv } from '../../../shared/voice/keeper/keep-call-env.ts';

export const handler = keepCall(keeperDependencies(parseEnv(KeepCallEnv)));
