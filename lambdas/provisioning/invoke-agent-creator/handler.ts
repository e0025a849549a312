import { parseEnv } from '../../../shared/kernel/env.ts';
import { agentCoreAgentCreator } from '../../../shared/provisioning/agent-creator-agentcore.ts';
import { InvokeAgentCreatorEnv, invokeAgentCreator } from '../../../shared/provisioning/invoke-agent-creator.ts';
import { s3Objects } from '../../../shared/provisioning/objects-s3.ts';
import { knowledgeTaskDependencies } from '../../../shared/provisioning/real-dependencies.ts';

const env = parseEnv(InvokeAgentCreatorEnv);
const outside = { code: s3Objects(env.CODE_BUCKET), creator: agentCoreAgentCreator(env) };
export const handler = invokeAgentCreator({ ...knowledgeTaskDependencies(env), ...outside });
