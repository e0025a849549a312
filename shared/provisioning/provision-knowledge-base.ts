import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { BedrockKnowledge, KnowledgeBase, KnowledgeFile } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import { PermanentFailure } from './failures.ts';
import type { KnowledgeEngine, VectorIndexes } from './knowledge-engine.ts';
import { requireKnowledgeBase } from './knowledge-of-agent.ts';
import type { Objects } from './objects.ts';
import {
  PROVISIONING,
  provisioningTask,
  settled,
  type TaskDeps,
  type TaskHandler,
  waiting,
} from './provisioning-task.ts';
import { agentPrefix, clientToken, knowledgeName, resourceTags } from './resource-names.ts';
import { planSidecars } from './sidecars.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';

export const ProvisionKnowledgeBaseEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  KNOWLEDGE_BUCKET: text,
  VECTOR_BUCKET_NAME: text,
  VECTOR_BUCKET_ARN: text,
  KNOWLEDGE_ROLE_ARN: text,
  EMBEDDING_MODEL_ARN: text,
  KNOWLEDGE_ISOLATION: z.enum(['dedicated', 'shared']),
  SHARED_KNOWLEDGE_BASE_ID: z.string().default(''),
  SHARED_DATA_SOURCE_ID: z.string().default(''),
  RESOURCE_PREFIX: text,
  ENVIRONMENT: text,
});

export interface ProvisionKnowledgeBaseDeps extends TaskDeps {
  readonly knowledgeBases: KnowledgeBaseStore;
  readonly engine: KnowledgeEngine;
  readonly indexes: VectorIndexes;
  readonly files: Objects;
  readonly settings: z.output<typeof ProvisionKnowledgeBaseEnv>;
}

type Place = Omit<BedrockKnowledge, 'ingestionJobId'>;
type Output = TaskOutput<'ProvisionKnowledgeBase'>;

/**
 * Gives the agent's files a place in Bedrock and starts reading them in. Asked again, it finds what it made by name;
 * knowledge that is in place already, or being read in, is left alone.
 */
export const provisionKnowledgeBase = (deps: ProvisionKnowledgeBaseDeps): TaskHandler<Output> =>
  provisioningTask(
    { step: 'ProvisionKnowledgeBase', input: TaskInput, ...PROVISIONING },
    deps,
    async ({ input, agent }) => {
      const knowledgeBase = await requireKnowledgeBase(deps.knowledgeBases, agent);
      if (isUnderWay(knowledgeBase)) return settled<Output>({ status: 'started' }, 'The knowledge has not changed.');
      if (isEmpty(knowledgeBase)) return withoutFiles(deps, knowledgeBase);
      const place = knowledgeBase.bedrock ?? (await findPlace(deps, agent));
      if (place === undefined) return waiting<Output>({ status: 'pending' }, 'Bedrock is making the knowledge base.');
      await syncSidecars(deps, agent, knowledgeBase);
      const job = {
        token: clientToken('ingest', agent.agentId, input.run),
        description: `${agent.agentId} run ${input.run}`,
      };
      const ingestionJobId = await deps.engine.startIngestion(place, job);
      if (ingestionJobId === undefined) {
        return waiting<Output>({ status: 'pending' }, 'Waiting until Bedrock has room for another ingestion job.');
      }
      await markIngesting(deps, knowledgeBase, { ...place, ingestionJobId });
      return settled<Output>({ status: 'started' });
    },
  );

/** A file that arrived since the last ingestion is only `stored`: then the knowledge base's own status is out of date. */
const isUnderWay = ({ status, bedrock, files }: KnowledgeBase): boolean =>
  Object.values(files).every((file) => file.status === 'ingested' || file.status === 'ingesting') &&
  (status === 'ready' || (status === 'ingesting' && bedrock?.ingestionJobId !== undefined));

/** An agent without files needs no place in Bedrock, of which an account has few; one that lost its files has to forget them. */
const isEmpty = ({ files, bedrock }: KnowledgeBase): boolean =>
  Object.keys(files).length === 0 && bedrock === undefined;

const withoutFiles = async (deps: ProvisionKnowledgeBaseDeps, { knowledgeBaseId }: KnowledgeBase) => {
  await deps.knowledgeBases.update(
    knowledgeBaseId,
    { status: 'ready', statusReason: null },
    { now: nowSeconds(deps.clock) },
  );
  return settled<Output>({ status: 'started' }, 'The agent has no files.');
};

const findPlace = (deps: ProvisionKnowledgeBaseDeps, agent: Agent): Promise<Place | undefined> =>
  deps.settings.KNOWLEDGE_ISOLATION === 'shared' ? sharedPlace(deps) : dedicatedPlace(deps, agent);

/** The stage's own knowledge base; the sidecars and the filter the runtime is given keep the agents apart. */
const sharedPlace = async ({ engine, settings }: ProvisionKnowledgeBaseDeps): Promise<Place> => {
  const { SHARED_KNOWLEDGE_BASE_ID: bedrockKnowledgeBaseId, SHARED_DATA_SOURCE_ID: dataSourceId } = settings;
  const found = await engine.describeKnowledgeBase(bedrockKnowledgeBaseId);
  if (found === undefined) {
    throw new PermanentFailure(
      'ProvisioningFailed',
      'The shared knowledge base of this stage is missing: deploy the stage again, then retry.',
    );
  }
  return { isolation: 'shared', bedrockKnowledgeBaseId, dataSourceId, vectorIndexArn: found.indexArn };
};

/** Undefined while Bedrock is still making it. */
const dedicatedPlace = async (deps: ProvisionKnowledgeBaseDeps, agent: Agent): Promise<Place | undefined> => {
  const { engine, indexes, settings } = deps;
  const name = knowledgeName(settings.RESOURCE_PREFIX, agent.agentId);
  const tags = resourceTags(agent, settings.ENVIRONMENT, 'knowledge-base');
  const vectorIndexArn = await indexes.ensure(name, tags);
  const { run } = agent.provisioning;
  const bedrockKnowledgeBaseId = await engine.ensureKnowledgeBase({
    name,
    roleArn: settings.KNOWLEDGE_ROLE_ARN,
    embeddingModelArn: settings.EMBEDDING_MODEL_ARN,
    indexArn: vectorIndexArn,
    tags,
    token: clientToken('knowledge-base', name, run),
  });
  const made = await engine.describeKnowledgeBase(bedrockKnowledgeBaseId);
  if (made?.status === 'failed') {
    throw new PermanentFailure(
      'ProvisioningFailed',
      `Bedrock could not make the knowledge base: ${made.reasons.join(' ') || 'it gave no reason'}.`,
    );
  }
  if (made?.status !== 'active') return undefined;
  const dataSourceId = await engine.ensureDataSource({
    bedrockKnowledgeBaseId,
    name,
    bucket: settings.KNOWLEDGE_BUCKET,
    prefix: agentPrefix(agent),
    token: clientToken('data-source', name, run),
  });
  return { isolation: 'dedicated', bedrockKnowledgeBaseId, dataSourceId, vectorIndexArn };
};

const syncSidecars = async (
  { files, settings }: ProvisionKnowledgeBaseDeps,
  agent: Agent,
  knowledgeBase: KnowledgeBase,
): Promise<void> => {
  const plan = planSidecars(agent, Object.values(knowledgeBase.files), await files.list(agentPrefix(agent)));
  const tags = resourceTags(agent, settings.ENVIRONMENT, 'knowledge-file');
  await Promise.all(
    plan.write.map(({ key, body }) => files.write(key, body, { contentType: 'application/json', tags })),
  );
  if (plan.remove.length > 0) await files.remove(plan.remove);
};

const markIngesting = async (
  { knowledgeBases, clock }: ProvisionKnowledgeBaseDeps,
  { knowledgeBaseId, files }: KnowledgeBase,
  bedrock: BedrockKnowledge,
): Promise<void> => {
  const ingesting = Object.values(files).map(({ statusReason: _statusReason, ...file }): [string, KnowledgeFile] => [
    file.path,
    { ...file, status: 'ingesting' },
  ]);
  const change = { status: 'ingesting', statusReason: null, bedrock, files: Object.fromEntries(ingesting) } as const;
  await knowledgeBases.update(knowledgeBaseId, change, { now: nowSeconds(clock) });
};
