import { parseEnv } from '../../../shared/kernel/env.ts';
import { ActivateAgentEnv, activateAgent } from '../../../shared/provisioning/activate-agent.ts';
import { agentCoreRuntimes } from '../../../shared/provisioning/agent-runtimes-agentcore.ts';
import { taskDependencies } from '../../../shared/provisioning/real-dependencies.ts';

const env = parseEnv(ActivateAgentEnv);
export const handler = activateAgent({ ...taskDependencies(env), runtimes: agentCoreRuntimes() });
