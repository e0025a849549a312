import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import { text } from '../kernel/env.ts';
import type { BedrockKnowledge, KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import { fileUri } from './knowledge-of-agent.ts';
import type { Objects } from './objects.ts';
import {
  provisioningTask,
  RETIREMENT,
  settled,
  type TaskDeps,
  type TaskHandler,
  waiting,
} from './provisioning-task.ts';
import { forgetDocuments, type KnowledgeRemovalDeps, removeDedicatedKnowledge } from './remove-knowledge.ts';
import type { Removal } from './remove-runtime.ts';
import { agentPrefix, knowledgeName } from './resource-names.ts';
import { SIDECAR_SUFFIX } from './sidecars.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';

export const RetireKnowledgeEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  KNOWLEDGE_BUCKET: text,
  VECTOR_BUCKET_NAME: text,
  RESOURCE_PREFIX: text,
  KNOWLEDGE_ISOLATION: z.enum(['dedicated', 'shared']),
  SHARED_KNOWLEDGE_BASE_ID: z.string().default(''),
  SHARED_DATA_SOURCE_ID: z.string().default(''),
});

export interface RetireKnowledgeDeps extends TaskDeps, KnowledgeRemovalDeps {
  readonly knowledgeBases: Pick<KnowledgeBaseStore, 'find'>;
  readonly files: Objects;
  readonly settings: z.output<typeof RetireKnowledgeEnv>;
}

type Output = TaskOutput<'RetireKnowledge'>;

/** Takes down what Bedrock knows of the agent, and its files with all their versions. */
export const retireKnowledge = (deps: RetireKnowledgeDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'RetireKnowledge', input: TaskInput, ...RETIREMENT }, deps, async ({ agent }) => {
    const knowledgeBase = await deps.knowledgeBases.find(agent.knowledgeBaseId);
    const bedrock = knowledgeBase?.bedrock ?? stageKnowledge(deps.settings);
    const removal =
      bedrock?.isolation === 'shared'
        ? await forgetAgent(deps, agent, bedrock, knowledgeBase)
        : await removeDedicatedKnowledge(deps, {
            bedrock,
            name: knowledgeName(deps.settings.RESOURCE_PREFIX, agent.agentId),
          });
    if (removal === 'pending') return waiting<Output>({ status: 'pending' }, 'Bedrock is removing the knowledge.');
    await deps.files.erase(agentPrefix(agent));
    return settled<Output>({ status: 'done' });
  });

/** Where the agent's documents may be though its row does not say so: a run was cut off before it could. */
const stageKnowledge = (settings: RetireKnowledgeDeps['settings']): BedrockKnowledge | undefined => {
  if (settings.KNOWLEDGE_ISOLATION === 'dedicated') return undefined;
  const { SHARED_KNOWLEDGE_BASE_ID: bedrockKnowledgeBaseId, SHARED_DATA_SOURCE_ID: dataSourceId } = settings;
  return { isolation: 'shared', bedrockKnowledgeBaseId, dataSourceId, vectorIndexArn: '' };
};

/**
 * The objects go first, so that nobody else's ingestion brings the documents back; their former versions stay until
 * the documents are gone, so that a repetition still knows what to look for.
 */
const forgetAgent = async (
  { engine, files }: RetireKnowledgeDeps,
  agent: Agent,
  bedrock: BedrockKnowledge,
  knowledgeBase: KnowledgeBase | undefined,
): Promise<Removal> => {
  const prefix = agentPrefix(agent);
  const bucketPath = `s3://${files.bucket}/`;
  const keys = (await files.listEver(prefix)).filter((key) => !key.endsWith(SIDECAR_SUFFIX));
  const paths = Object.keys(knowledgeBase?.files ?? {});
  const uris = new Set([
    ...keys.map((key) => fileUri(bucketPath, key)),
    ...paths.map((path) => fileUri(`${bucketPath}${prefix}`, path)),
  ]);
  const current = (await files.list(prefix)).map(({ key }) => key);
  if (current.length > 0) await files.remove(current);
  if (bedrock.ingestionJobId !== undefined) {
    const job = await engine.describeIngestion(bedrock, bedrock.ingestionJobId);
    if (job.status === 'running') return 'pending';
  }
  return forgetDocuments(engine, bedrock, [...uris]);
};
