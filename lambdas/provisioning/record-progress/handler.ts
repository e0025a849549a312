import { parseEnv } from '../../../shared/kernel/env.ts';
import { agentCoreAgentCreator } from '../../../shared/provisioning/agent-creator-agentcore.ts';
import { taskDependencies } from '../../../shared/provisioning/real-dependencies.ts';
import { RecordProgressEnv, recordProgress } from '../../../shared/provisioning/record-progress.ts';

const env = parseEnv(RecordProgressEnv);
export const handler = recordProgress({ ...taskDependencies(env), creator: agentCoreAgentCreator(env) });
