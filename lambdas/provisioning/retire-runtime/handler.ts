import { parseEnv } from '../../../shared/kernel/env.ts';
import { taskDependencies } from '../../../shared/provisioning/real-dependencies.ts';
import { runtimeRemoval } from '../../../shared/provisioning/removal-dependencies.ts';
import { RetireRuntimeEnv, retireRuntime } from '../../../shared/provisioning/retire-runtime.ts';

const settings = parseEnv(RetireRuntimeEnv);
export const handler = retireRuntime({ ...taskDependencies(settings), ...runtimeRemoval(), settings });
