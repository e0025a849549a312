import { parseEnv } from '../../../shared/kernel/env.ts';
import { agentCoreAgentCreator } from '../../../shared/provisioning/agent-creator-agentcore.ts';
import { CompensateEnv, compensate } from '../../../shared/provisioning/compensate.ts';
import { s3Objects } from '../../../shared/provisioning/objects-s3.ts';
import { knowledgeEngines, knowledgeTaskDependencies } from '../../../shared/provisioning/real-dependencies.ts';
import { runtimeRemoval } from '../../../shared/provisioning/removal-dependencies.ts';

const settings = parseEnv(CompensateEnv);
const made = { ...knowledgeEngines(settings), ...runtimeRemoval(), code: s3Objects(settings.CODE_BUCKET) };
const creator = agentCoreAgentCreator(settings);
export const handler = compensate({ ...knowledgeTaskDependencies(settings), ...made, creator, settings });
