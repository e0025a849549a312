import { systemClock } from '../kernel/real-dependencies.ts';
import { dynamoKnowledgeBaseStore } from '../knowledge/knowledge-bases-dynamodb.ts';
import { dynamoAgentStore } from './agents-dynamodb.ts';

interface TablesEnv {
  readonly AGENTS_TABLE: string;
  readonly KNOWLEDGE_BASES_TABLE: string;
  readonly CHANNELS_TABLE?: string;
}

/** What reading agents needs: kept apart from writing them, so that these functions start without S3's client. */
export const readDependencies = (env: TablesEnv) => ({
  agents: dynamoAgentStore(env),
  knowledge: dynamoKnowledgeBaseStore(env),
  clock: systemClock,
});
