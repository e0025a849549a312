import { parseEnv } from '../../../shared/kernel/env.ts';
import { s3Objects } from '../../../shared/provisioning/objects-s3.ts';
import * as feature from '../../../shared/provisioning/provision-knowledge-base.ts';
import { knowledgeEngines, knowledgeTaskDependencies } from '../../../shared/provisioning/real-dependencies.ts';

const settings = parseEnv(feature.ProvisionKnowledgeBaseEnv);
const deps = { ...knowledgeTaskDependencies(settings), ...knowledgeEngines(settings), settings };
export const handler = feature.provisionKnowledgeBase({ ...deps, files: s3Objects(settings.KNOWLEDGE_BUCKET) });
