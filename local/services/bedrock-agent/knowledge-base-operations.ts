import type * as client from '@aws-sdk/client-bedrock-agent';
import type { Handlers } from '../../core/schema-service.ts';
import { AwsError } from '../../core/service.ts';
import { conflict, matching, onceByToken, page, quotaExceeded, required, validation } from '../bedrock/common.ts';
import type { VectorStore } from '../s3vectors/vector-store.ts';
import type { IngestionDependencies } from './ingestion.ts';
import { isRunning, type KnowledgeStore, type StoredKnowledgeBase } from './knowledge-store.ts';

export type AgentHandlers = Handlers<typeof client>;

export interface Quotas {
  /** Default 100 (Service Quotas, "Knowledge bases per account"). */
  readonly knowledgeBases: number;
  /** Default 5 a knowledge base. */
  readonly dataSources: number;
  /** Default 5 an account; one a data source and one a knowledge base, always. */
  readonly concurrentIngestionJobs: number;
}

export interface AgentDependencies extends IngestionDependencies {
  readonly quotas: Quotas;
  /** How long a knowledge base is CREATING, UPDATING or DELETING. */
  readonly knowledgeBaseMs: number;
  readonly dataSourceMs: number;
  readonly newId: () => string;
}

type Configuration = client.CreateKnowledgeBaseRequest['knowledgeBaseConfiguration'];
type Storage = client.CreateKnowledgeBaseRequest['storageConfiguration'];

/** `([0-9a-zA-Z][_-]?){1,100}` in the service model: letters and digits, single `_` and `-` between them. */
export const RESOURCE_NAME = /^([0-9a-zA-Z][_-]?){1,100}$/;

/** Titan Text Embeddings V2 makes vectors of these sizes, 1024 unless told (Bedrock user guide). */
const TITAN_DIMENSIONS = [256, 512, 1024];

/** Create, read, update and delete knowledge bases. */
export const knowledgeBaseOperations = (dependencies: AgentDependencies): AgentHandlers => {
  const { store, context, knowledgeBaseMs } = dependencies;
  const describe = (base: StoredKnowledgeBase) => describeKnowledgeBase(base, context.clock.now());
  return {
    CreateKnowledgeBase: async ({ clientToken, ...input }) => {
      const request = { operation: 'CreateKnowledgeBase', clientToken, input };
      const id = await onceByToken(store.records, request, () => createKnowledgeBase(dependencies, input));
      return { knowledgeBase: describe(store.requireKnowledgeBase(id)) };
    },
    GetKnowledgeBase: (input) => ({ knowledgeBase: describe(store.requireKnowledgeBase(input.knowledgeBaseId)) }),
    ListKnowledgeBases: (input) => {
      const { items, nextToken } = page(store.knowledgeBases(), input);
      const knowledgeBaseSummaries = items.map(describe).map((base) => ({
        knowledgeBaseId: base.knowledgeBaseId,
        name: base.name,
        description: base.description,
        status: base.status,
        updatedAt: base.updatedAt,
      }));
      return { knowledgeBaseSummaries, nextToken };
    },
    UpdateKnowledgeBase: (input) => {
      const base = requireSettled(store, input.knowledgeBaseId, context.clock.now());
      const now = context.clock.now();
      const updated: StoredKnowledgeBase = {
        ...base,
        name: matching(required(input.name, 'name'), RESOURCE_NAME, 'name'),
        description: input.description,
        roleArn: required(input.roleArn, 'roleArn'),
        updatedAt: now,
        activeAt: now + knowledgeBaseMs,
      };
      store.putKnowledgeBase(updated);
      return { knowledgeBase: describe(updated) };
    },
    DeleteKnowledgeBase: (input) => {
      const base = store.requireKnowledgeBase(input.knowledgeBaseId);
      if (store.jobs(base.knowledgeBaseId).some(isRunning)) {
        throw conflict(`Knowledge base ${base.knowledgeBaseId} has an ingestion job in progress.`);
      }
      removePassages(dependencies, base);
      const goneAt = base.goneAt ?? context.clock.now() + knowledgeBaseMs;
      store.putKnowledgeBase({ ...base, goneAt });
      return { knowledgeBaseId: base.knowledgeBaseId, status: 'DELETING' };
    },
  };
};

type Draft = Omit<client.CreateKnowledgeBaseRequest, 'clientToken'>;

/** Makes a knowledge base over an S3 vector index that exists; returns its id. */
export const createKnowledgeBase = (dependencies: AgentDependencies, input: Draft): string => {
  const { store, context, quotas } = dependencies;
  const name = matching(required(input.name, 'name'), RESOURCE_NAME, 'name');
  const bases = store.knowledgeBases();
  if (bases.some((base) => base.name === name)) throw conflict(`KnowledgeBase with name ${name} already exists.`);
  if (bases.length >= quotas.knowledgeBases) {
    throw quotaExceeded(`The maximum number of knowledge bases per account (${quotas.knowledgeBases}) is reached.`);
  }
  const indexArn = checkedIndexArn(dependencies.vectors, input.knowledgeBaseConfiguration, input.storageConfiguration);
  const knowledgeBaseId = dependencies.newId();
  const now = context.clock.now();
  const arn = `arn:aws:bedrock:${context.region}:${context.accountId}:knowledge-base/${knowledgeBaseId}`;
  store.putKnowledgeBase({
    knowledgeBaseId,
    arn,
    name,
    description: input.description,
    roleArn: required(input.roleArn, 'roleArn'),
    knowledgeBaseConfiguration: input.knowledgeBaseConfiguration,
    storageConfiguration: input.storageConfiguration,
    indexArn,
    createdAt: now,
    updatedAt: now,
    activeAt: now + dependencies.knowledgeBaseMs,
  });
  store.tags.add(arn, input.tags);
  return knowledgeBaseId;
};

/** A knowledge base that is neither being made nor taken down. Throws `ConflictException`. */
export const requireSettled = (store: KnowledgeStore, id: string | undefined, now: number): StoredKnowledgeBase => {
  const base = store.requireKnowledgeBase(id);
  const status = statusOf(base, now);
  if (status === 'ACTIVE') return base;
  throw conflict(`KnowledgeBase ${id} is in status ${status}; the operation needs ACTIVE.`);
};

const statusOf = (base: StoredKnowledgeBase, now: number) => {
  if (base.goneAt !== undefined) return 'DELETING' as const;
  if (base.activeAt <= now) return 'ACTIVE' as const;
  return base.updatedAt === base.createdAt ? ('CREATING' as const) : ('UPDATING' as const);
};

const describeKnowledgeBase = (base: StoredKnowledgeBase, now: number): client.KnowledgeBase => ({
  knowledgeBaseId: base.knowledgeBaseId,
  knowledgeBaseArn: base.arn,
  name: base.name,
  description: base.description,
  roleArn: base.roleArn,
  knowledgeBaseConfiguration: base.knowledgeBaseConfiguration,
  storageConfiguration: base.storageConfiguration,
  status: statusOf(base, now),
  createdAt: new Date(base.createdAt),
  updatedAt: new Date(base.updatedAt),
});

/** The vectors of data sources that say RETAIN stay in the index; an index deleted before needs no cleaning. */
const removePassages = ({ store, vectors }: AgentDependencies, base: StoredKnowledgeBase): void => {
  const sources = store.dataSources(base.knowledgeBaseId).filter((source) => source.dataDeletionPolicy === 'DELETE');
  const keys = sources.flatMap((source) =>
    store.documents(base.knowledgeBaseId, source.dataSourceId).flatMap(({ vectorKeys }) => vectorKeys),
  );
  if (vectors.indexes().some((index) => index.arn === base.indexArn)) vectors.delete(base.indexArn, keys);
};

const checkedIndexArn = (vectors: VectorStore, configuration: Configuration, storage: Storage): string => {
  if (configuration?.type !== 'VECTOR') throw validation('The embedded Bedrock serves knowledge bases of type VECTOR.');
  if (storage?.type !== 'S3_VECTORS') throw validation('The embedded Bedrock serves storage of type S3_VECTORS.');
  const { indexArn, indexName, vectorBucketArn } = storage.s3VectorsConfiguration ?? {};
  const arn = indexArn ?? `${required(vectorBucketArn, 'vectorBucketArn')}/index/${required(indexName, 'indexName')}`;
  const dimension = dimensionOf(vectors, arn);
  const vector = configuration.vectorKnowledgeBaseConfiguration;
  const model = required(vector?.embeddingModelArn, 'embeddingModelArn');
  const wanted = vector?.embeddingModelConfiguration?.bedrockEmbeddingModelConfiguration?.dimensions ?? 1024;
  if (model.includes('titan-embed-text-v2') && (wanted !== dimension || !TITAN_DIMENSIONS.includes(wanted))) {
    throw storageInvalid(`The dimension of the index (${dimension}) does not match the embedding model (${wanted}).`);
  }
  return arn;
};

const dimensionOf = (vectors: VectorStore, indexArn: string): number => {
  try {
    return vectors.index(indexArn).dimension;
  } catch (error) {
    if (error instanceof AwsError) throw storageInvalid(error.message);
    throw error;
  }
};

const storageInvalid = (reason: string): AwsError =>
  validation(`The knowledge base storage configuration provided is invalid... ${reason}`);
