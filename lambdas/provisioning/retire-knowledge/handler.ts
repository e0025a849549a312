import { parseEnv } from '../../../shared/kernel/env.ts';
import { s3Objects } from '../../../shared/provisioning/objects-s3.ts';
import { knowledgeEngines, knowledgeTaskDependencies } from '../../../shared/provisioning/real-dependencies.ts';
import { RetireKnowledgeEnv, retireKnowledge } from '../../../shared/provisioning/retire-knowledge.ts';

const settings = parseEnv(RetireKnowledgeEnv);
const dependencies = { ...knowledgeTaskDependencies(settings), ...knowledgeEngines(settings), settings };
export const handler = retireKnowledge({ ...dependencies, files: s3Objects(settings.KNOWLEDGE_BUCKET) });
