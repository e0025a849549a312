import type * as client from '@aws-sdk/client-bedrock-agent';
import { conflict, matching, onceByToken, page, quotaExceeded, required, validation } from '../bedrock/common.ts';
import { removeDocument } from './ingestion.ts';
import {
  type AgentDependencies,
  type AgentHandlers,
  RESOURCE_NAME,
  requireSettled,
} from './knowledge-base-operations.ts';
import { isRunning, type KnowledgeStore, type StoredDataSource } from './knowledge-store.ts';

/** Create, read, update and delete S3 data sources. */
export const dataSourceOperations = (dependencies: AgentDependencies): AgentHandlers => {
  const { store, context } = dependencies;
  return {
    CreateDataSource: async ({ clientToken, ...input }) => {
      const request = { operation: 'CreateDataSource', clientToken, input };
      const id = await onceByToken(store.records, request, () => createDataSource(dependencies, input));
      return { dataSource: describeDataSource(store.requireDataSource(input.knowledgeBaseId, id)) };
    },
    GetDataSource: (input) => ({
      dataSource: describeDataSource(store.requireDataSource(input.knowledgeBaseId, input.dataSourceId)),
    }),
    ListDataSources: (input) => {
      const { knowledgeBaseId } = store.requireKnowledgeBase(input.knowledgeBaseId);
      const { items, nextToken } = page(store.dataSources(knowledgeBaseId), input);
      const dataSourceSummaries = items.map(describeDataSource).map((source) => ({
        knowledgeBaseId: source.knowledgeBaseId,
        dataSourceId: source.dataSourceId,
        name: source.name,
        status: source.status,
        description: source.description,
        updatedAt: source.updatedAt,
      }));
      return { dataSourceSummaries, nextToken };
    },
    UpdateDataSource: (input) => {
      const source = store.requireDataSource(input.knowledgeBaseId, input.dataSourceId);
      const updated: StoredDataSource = {
        ...source,
        ...checkedDataSource(input),
        dataDeletionPolicy: input.dataDeletionPolicy ?? source.dataDeletionPolicy,
        updatedAt: context.clock.now(),
      };
      store.putDataSource(updated);
      return { dataSource: describeDataSource(updated) };
    },
    DeleteDataSource: (input) => {
      const source = store.requireDataSource(input.knowledgeBaseId, input.dataSourceId);
      refuseWhileIngesting(store, source);
      for (const document of documentsToRemove(store, source)) removeDocument(dependencies, document);
      store.putDataSource({ ...source, goneAt: source.goneAt ?? context.clock.now() + dependencies.dataSourceMs });
      return { knowledgeBaseId: source.knowledgeBaseId, dataSourceId: source.dataSourceId, status: 'DELETING' };
    },
  };
};

type Draft = Omit<client.CreateDataSourceRequest, 'clientToken'>;

/** Makes a data source of an active knowledge base; returns its id. */
export const createDataSource = (dependencies: AgentDependencies, input: Draft): string => {
  const { store, context, quotas } = dependencies;
  const { knowledgeBaseId } = requireSettled(store, input.knowledgeBaseId, context.clock.now());
  const checked = checkedDataSource(input);
  const others = store.dataSources(knowledgeBaseId);
  if (others.some(({ name }) => name === checked.name)) {
    throw conflict(`DataSource with name ${checked.name} already exists.`);
  }
  if (others.length >= quotas.dataSources) {
    throw quotaExceeded(`The maximum number of data sources per knowledge base (${quotas.dataSources}) is reached.`);
  }
  const dataSourceId = dependencies.newId();
  const now = context.clock.now();
  store.putDataSource({
    ...checked,
    knowledgeBaseId,
    dataSourceId,
    dataDeletionPolicy: input.dataDeletionPolicy ?? 'DELETE',
    createdAt: now,
    updatedAt: now,
  });
  return dataSourceId;
};

const checkedDataSource = (input: Draft) => {
  const configuration = required(input.dataSourceConfiguration, 'dataSourceConfiguration');
  if (configuration.type !== 'S3') throw validation('The embedded Bedrock serves data sources of type S3.');
  const { bucketArn, inclusionPrefixes } = configuration.s3Configuration ?? {};
  required(bucketArn, 's3Configuration.bucketArn');
  // The service model: exactly one inclusion prefix, when there is any.
  if (inclusionPrefixes !== undefined && inclusionPrefixes.length !== 1) {
    throw validation("Value at 'inclusionPrefixes' failed to satisfy constraint: Member must have length equal to 1");
  }
  return {
    name: matching(required(input.name, 'name'), RESOURCE_NAME, 'name'),
    description: input.description,
    configuration,
    vectorIngestionConfiguration: input.vectorIngestionConfiguration,
  };
};

const refuseWhileIngesting = (store: KnowledgeStore, { knowledgeBaseId, dataSourceId }: StoredDataSource): void => {
  const job = store.jobs(knowledgeBaseId, dataSourceId).find(isRunning);
  if (job !== undefined) {
    throw conflict(`DataSource ${dataSourceId} has an ingestion job in progress: ${job.ingestionJobId}.`);
  }
};

const documentsToRemove = (store: KnowledgeStore, source: StoredDataSource) =>
  source.dataDeletionPolicy === 'DELETE' ? store.documents(source.knowledgeBaseId, source.dataSourceId) : [];

const describeDataSource = (source: StoredDataSource): client.DataSource => ({
  knowledgeBaseId: source.knowledgeBaseId,
  dataSourceId: source.dataSourceId,
  name: source.name,
  description: source.description,
  status: source.goneAt === undefined ? 'AVAILABLE' : 'DELETING',
  dataSourceConfiguration: source.configuration,
  vectorIngestionConfiguration: source.vectorIngestionConfiguration,
  dataDeletionPolicy: source.dataDeletionPolicy,
  createdAt: new Date(source.createdAt),
  updatedAt: new Date(source.updatedAt),
});
