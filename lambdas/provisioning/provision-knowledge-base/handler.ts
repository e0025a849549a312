import { parseEnv } from '../../../shared/kernel/env.ts';
import { s3Objects } from '../../../shared/provisioning/objects-s3.ts';
import {
  ProvisionKnowledgeBaseEnv,
  provisionKnowledgeBase,
} from '../../../shared/provisioning/provision-knowledge-base.ts';
import { knowledgeEngines, knowledgeTaskDependencies } from '../../../shared/provisioning/real-dependencies.ts';

const settings = parseEnv(ProvisionKnowledgeBaseEnv);
const dependencies = { ...knowledgeTaskDependencies(settings), ...knowledgeEngines(settings), settings };
export const handler = provisionKnowledgeBase({ ...dependencies, files: s3Objects(settings.KNOWLEDGE_BUCKET) });
