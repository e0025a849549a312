import { parseEnv } from '../../../shared/kernel/env.ts';
import { agentCoreRuntimes } from '../../../shared/provisioning/agent-runtimes-agentcore.ts';
import { CheckRuntimeEnv, checkRuntime } from '../../../shared/provisioning/check-runtime.ts';
import { taskDependencies } from '../../../shared/provisioning/real-dependencies.ts';

const settings = parseEnv(CheckRuntimeEnv);
export const handler = checkRuntime({ ...taskDependencies(settings), runtimes: agentCoreRuntimes(), settings });
