import * as client from '@aws-sdk/client-bedrock-agent';
import { defineSchemaService } from '../../core/schema-service.ts';
import type { AwsService, CloudContext, Need } from '../../core/service.ts';
import { randomId, tagConditions, tagOperations } from '../bedrock/common.ts';
import { objectReader } from '../bedrock/object-reader.ts';
import { vectorStoreOf } from '../s3vectors/vector-store.ts';
import { dataSourceOperations } from './data-source-operations.ts';
import { documentOperations, ingestionOperations, resumeJobs } from './ingestion-operations.ts';
import { type AgentDependencies, knowledgeBaseOperations } from './knowledge-base-operations.ts';
import { type KnowledgeStore, knowledgeStore } from './knowledge-store.ts';
import { agentProviders } from './providers.ts';

const DEFAULT_QUOTAS = { knowledgeBases: 100, dataSources: 5, concurrentIngestionJobs: 5 };

/** Times on the cloud's clock, short for a person who waits; AWS takes seconds to minutes. */
const DEFAULT_LATENCIES = { knowledgeBaseMs: 300, dataSourceMs: 100, ingestionMs: 300 };

export interface BedrockAgentOptions extends Partial<AgentDependencies['quotas']>, Partial<typeof DEFAULT_LATENCIES> {
  readonly newId?: () => string;
  readonly objectsOf?: AgentDependencies['objectsOf'];
}

/**
 * Bedrock knowledge bases: over S3 vector indexes, fed from S3 data sources by ingestion jobs, which act with the
 * knowledge base's role. Jobs interrupted by a stop are taken up again.
 */
export const makeBedrockAgent = (
  context: CloudContext,
  { newId, objectsOf, ...numbers }: BedrockAgentOptions = {},
): AwsService => {
  const settings = { ...DEFAULT_QUOTAS, ...DEFAULT_LATENCIES, ...numbers };
  const dependencies: AgentDependencies = {
    context,
    store: knowledgeStore(context),
    vectors: vectorStoreOf(context),
    quotas: settings,
    knowledgeBaseMs: settings.knowledgeBaseMs,
    dataSourceMs: settings.dataSourceMs,
    ingestionMs: settings.ingestionMs,
    newId: newId ?? randomId,
    objectsOf:
      objectsOf ??
      (async (roleArn) => objectReader(context, await context.credentialsOfRole(roleArn, 'BedrockIngestion'))),
  };
  const { store } = dependencies;
  return {
    ...defineSchemaService({
      name: 'bedrock-agent',
      signingName: 'bedrock',
      client,
      operations: {
        ...knowledgeBaseOperations(dependencies),
        ...dataSourceOperations(dependencies),
        ...ingestionOperations(dependencies),
        ...documentOperations(dependencies),
        ...tagOperations(store.tags, holds(store)),
      },
      needs: (operation, input) => needsOf(store, context, operation, input),
      resources: agentProviders(dependencies),
    }),
    inventory: async () => inventoryOf(store),
    resume: () => resumeJobs(dependencies),
  };
};

const holds =
  (store: KnowledgeStore) =>
  (arn: string): boolean =>
    store.knowledgeBases().some((base) => base.arn === arn);

interface AnyInput {
  readonly knowledgeBaseId?: string;
  readonly resourceArn?: string;
  readonly roleArn?: string;
  readonly tags?: Record<string, string>;
}

const needsOf = (store: KnowledgeStore, context: CloudContext, operation: string, input: AnyInput): Need[] => {
  const prefix = `arn:aws:bedrock:${context.region}:${context.accountId}:knowledge-base/`;
  const listing = operation === 'ListKnowledgeBases';
  const id = input.knowledgeBaseId ?? (operation === 'CreateKnowledgeBase' ? '*' : undefined);
  const resource = listing ? '*' : (input.resourceArn ?? `${prefix}${id ?? '*'}`);
  const conditions = tagConditions(input.tags, store.tags.of(resource));
  const need: Need = { action: `bedrock:${operation}`, resource, context: conditions };
  const tagging: Need[] =
    operation === 'CreateKnowledgeBase' && input.tags !== undefined
      ? [{ action: 'bedrock:TagResource', resource, context: conditions }]
      : [];
  const passing: Need[] =
    input.roleArn === undefined
      ? []
      : [
          {
            action: 'iam:PassRole',
            resource: input.roleArn,
            context: { 'iam:PassedToService': 'bedrock.amazonaws.com' },
          },
        ];
  return [need, ...tagging, ...passing];
};

const inventoryOf = (store: KnowledgeStore): string[] =>
  store
    .knowledgeBases()
    .flatMap((base) => [
      base.arn,
      ...store
        .dataSources(base.knowledgeBaseId)
        .flatMap(({ dataSourceId }) => [
          `${base.arn}/data-source/${dataSourceId}`,
          ...store.documents(base.knowledgeBaseId, dataSourceId).map(({ uri }) => `${base.arn}/document/${uri}`),
        ]),
    ]);
