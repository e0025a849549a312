import { systemClock } from '../kernel/real-dependencies.ts';
import { dynamoKnowledgeBaseStore } from '../knowledge/knowledge-bases-dynamodb.ts';
import type { FeedEnv } from '../live/feed-env.ts';
import { toldAgentStore } from '../live/live-dependencies.ts';
import { bedrockKnowledgeEngine } from './knowledge-engine-bedrock.ts';
import type { TaskDeps } from './provisioning-task.ts';
import { s3VectorIndexes } from './vector-indexes-s3vectors.ts';

interface Rows extends FeedEnv {
  readonly AGENTS_TABLE: string;
  readonly KNOWLEDGE_BASES_TABLE: string;
}

/** What every workflow function needs: whoever watches sees each step as it happens. */
export const taskDependencies = (env: FeedEnv & Pick<Rows, 'AGENTS_TABLE'>): TaskDeps => ({
  agents: toldAgentStore(env),
  clock: systemClock,
});

/** What a function needs that reads or writes the knowledge base's row, too. */
export const knowledgeTaskDependencies = (env: Rows) => ({
  ...taskDependencies(env),
  knowledgeBases: dynamoKnowledgeBaseStore(env),
});

/** Bedrock's part of a knowledge base and its index. */
export const knowledgeEngines = (env: { readonly VECTOR_BUCKET_NAME: string }) => ({
  engine: bedrockKnowledgeEngine(),
  indexes: s3VectorIndexes(env),
});
