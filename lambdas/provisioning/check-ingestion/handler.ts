import { parseEnv } from '../../../shared/kernel/env.ts';
import { CheckIngestionEnv, checkIngestion } from '../../../shared/provisioning/check-ingestion.ts';
import { bedrockKnowledgeEngine } from '../../../shared/provisioning/knowledge-engine-bedrock.ts';
import { knowledgeTaskDependencies } from '../../../shared/provisioning/real-dependencies.ts';

const env = parseEnv(CheckIngestionEnv);
export const handler = checkIngestion({ ...knowledgeTaskDependencies(env), engine: bedrockKnowledgeEngine() });
