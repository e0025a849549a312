import {
  BedrockAgentClient,
  CreateDataSourceCommand,
  CreateKnowledgeBaseCommand,
  type DataSourceStatus,
  DeleteDataSourceCommand,
  DeleteKnowledgeBaseCommand,
  DeleteKnowledgeBaseDocumentsCommand,
  type DocumentIdentifier,
  type DocumentStatus,
  GetIngestionJobCommand,
  GetKnowledgeBaseCommand,
  GetKnowledgeBaseDocumentsCommand,
  type IngestionJobStatus,
  type KnowledgeBaseStatus,
  ListIngestionJobsCommand,
  paginateListDataSources,
  paginateListKnowledgeBases,
  StartIngestionJobCommand,
} from '@aws-sdk/client-bedrock-agent';
import { ignoring, isNamed } from './aws-errors.ts';
import { PermanentFailure } from './failures.ts';
import type {
  DataSourceKey,
  DocumentState,
  EngineDataSource,
  EngineKnowledgeBase,
  IngestionJobState,
  KnowledgeEngine,
} from './knowledge-engine.ts';

/** Documents a request may name (API reference of GetKnowledgeBaseDocuments and DeleteKnowledgeBaseDocuments). */
const DOCUMENTS_PER_REQUEST = 10;
const PAGE_SIZE = 100;
/** About a paragraph or two; some overlap, so that no sentence is lost between two passages. */
const CHUNKING = {
  chunkingStrategy: 'FIXED_SIZE',
  fixedSizeChunkingConfiguration: { maxTokens: 300, overlapPercentage: 20 },
} as const;

/** Knowledge bases in Amazon Bedrock. */
export const bedrockKnowledgeEngine = (client = new BedrockAgentClient({})): KnowledgeEngine => ({
  ensureKnowledgeBase: ensureKnowledgeBase(client),
  findKnowledgeBase: (name) => findKnowledgeBase(client, name),
  describeKnowledgeBase: (knowledgeBaseId) => describeKnowledgeBase(client, knowledgeBaseId),
  ensureDataSource: ensureDataSource(client),
  listDataSources: (knowledgeBaseId) => listDataSources(client, knowledgeBaseId),
  startIngestion: startIngestion(client),
  describeIngestion: async (source, ingestionJobId) => {
    const { ingestionJob } = await client.send(new GetIngestionJobCommand({ ...keyOf(source), ingestionJobId }));
    const status = JOB_STATUSES[ingestionJob?.status ?? 'STARTING'];
    return { status, reasons: ingestionJob?.failureReasons ?? [] };
  },
  describeDocuments: describeDocuments(client),
  deleteDocuments: async (source, uris) => {
    for (const documentIdentifiers of identifiersOf(uris)) {
      const command = new DeleteKnowledgeBaseDocumentsCommand({ ...keyOf(source), documentIdentifiers });
      await ignoring('ConflictException', client.send(command));
    }
  },
  deleteDataSource: async (source) => {
    await removal(client.send(new DeleteDataSourceCommand(keyOf(source))));
  },
  deleteKnowledgeBase: async (knowledgeBaseId) => {
    await removal(client.send(new DeleteKnowledgeBaseCommand({ knowledgeBaseId })));
  },
});

/**
 * Removing what is gone already needs nothing. While a job still reads, which can take hours, Bedrock refuses
 * (`ConflictException`): then it stays, whoever asked sees so and asks again.
 */
const removal = async (answer: Promise<unknown>): Promise<void> => {
  await ignoring('ResourceNotFoundException', ignoring('ConflictException', answer));
};

const keyOf = ({ bedrockKnowledgeBaseId, dataSourceId }: DataSourceKey) => ({
  knowledgeBaseId: bedrockKnowledgeBaseId,
  dataSourceId,
});

const ensureKnowledgeBase =
  (client: BedrockAgentClient): KnowledgeEngine['ensureKnowledgeBase'] =>
  async ({ name, roleArn, embeddingModelArn, indexArn, tags, token }) => {
    try {
      const { knowledgeBase } = await client.send(
        new CreateKnowledgeBaseCommand({
          clientToken: token,
          name,
          roleArn,
          knowledgeBaseConfiguration: { type: 'VECTOR', vectorKnowledgeBaseConfiguration: { embeddingModelArn } },
          storageConfiguration: { type: 'S3_VECTORS', s3VectorsConfiguration: { indexArn } },
          tags: { ...tags },
        }),
      );
      return required(knowledgeBase?.knowledgeBaseId, 'knowledge base id');
    } catch (error) {
      if (isNamed(error, 'ServiceQuotaExceededException')) throw quotaExceeded(error);
      if (!isNamed(error, 'ConflictException')) throw error;
      const existing = await findKnowledgeBase(client, name);
      if (existing === undefined) throw error;
      return existing;
    }
  };

const quotaExceeded = (cause: Error): PermanentFailure =>
  new PermanentFailure(
    'KnowledgeBaseQuotaExceeded',
    'This AWS account has no room for another Bedrock knowledge base. Delete agents that are no longer needed or ask the operator for a higher quota or shared knowledge isolation, then retry.',
    cause,
  );

const findKnowledgeBase = async (client: BedrockAgentClient, name: string): Promise<string | undefined> => {
  for await (const page of paginateListKnowledgeBases({ client, pageSize: PAGE_SIZE }, {})) {
    const found = page.knowledgeBaseSummaries?.find((summary) => summary.name === name);
    if (found !== undefined) return found.knowledgeBaseId;
  }
  return undefined;
};

const describeKnowledgeBase = async (
  client: BedrockAgentClient,
  knowledgeBaseId: string,
): Promise<EngineKnowledgeBase | undefined> => {
  const answer = await ignoring(
    'ResourceNotFoundException',
    client.send(new GetKnowledgeBaseCommand({ knowledgeBaseId })),
  );
  const found = answer?.knowledgeBase;
  if (found === undefined) return undefined;
  return {
    status: KNOWLEDGE_BASE_STATUSES[found.status ?? 'CREATING'],
    reasons: found.failureReasons ?? [],
    indexArn: found.storageConfiguration?.s3VectorsConfiguration?.indexArn ?? '',
  };
};

const ensureDataSource =
  (client: BedrockAgentClient): KnowledgeEngine['ensureDataSource'] =>
  async ({ bedrockKnowledgeBaseId, name, bucket, prefix, token }) => {
    try {
      const { dataSource } = await client.send(
        new CreateDataSourceCommand({
          knowledgeBaseId: bedrockKnowledgeBaseId,
          clientToken: token,
          name,
          dataSourceConfiguration: {
            type: 'S3',
            s3Configuration: { bucketArn: `arn:aws:s3:::${bucket}`, inclusionPrefixes: [prefix] },
          },
          // The index is deleted as a whole with the agent; asking Bedrock to empty it first only adds a way to fail.
          dataDeletionPolicy: 'RETAIN',
          vectorIngestionConfiguration: { chunkingConfiguration: CHUNKING },
        }),
      );
      return required(dataSource?.dataSourceId, 'data source id');
    } catch (error) {
      if (!isNamed(error, 'ConflictException')) throw error;
      const existing = (await listDataSources(client, bedrockKnowledgeBaseId)).find((one) => one.name === name);
      if (existing === undefined) throw error;
      return existing.dataSourceId;
    }
  };

const listDataSources = async (client: BedrockAgentClient, knowledgeBaseId: string): Promise<EngineDataSource[]> => {
  const found: EngineDataSource[] = [];
  try {
    for await (const page of paginateListDataSources({ client, pageSize: PAGE_SIZE }, { knowledgeBaseId })) {
      for (const { dataSourceId, name, status } of page.dataSourceSummaries ?? []) {
        if (dataSourceId === undefined) continue;
        found.push({ dataSourceId, name: name ?? '', status: DATA_SOURCE_STATUSES[status ?? 'AVAILABLE'] });
      }
    }
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
  }
  return found;
};

const startIngestion =
  (client: BedrockAgentClient): KnowledgeEngine['startIngestion'] =>
  async (source, { token, description }) => {
    try {
      const { ingestionJob } = await client.send(
        new StartIngestionJobCommand({ ...keyOf(source), clientToken: token, description }),
      );
      return required(ingestionJob?.ingestionJobId, 'ingestion job id');
    } catch (error) {
      // A data source has one job at a time, an account a few and a start every ten seconds (Bedrock quotas): ours may be
      // the one under way, or we wait for our turn.
      if (!isNamed(error, 'ConflictException', 'ServiceQuotaExceededException', 'ThrottlingException')) throw error;
      return findRunningJob(client, source, description);
    }
  };

const findRunningJob = async (
  client: BedrockAgentClient,
  source: DataSourceKey,
  description: string,
): Promise<string | undefined> => {
  const { ingestionJobSummaries = [] } = await client.send(
    new ListIngestionJobsCommand({
      ...keyOf(source),
      sortBy: { attribute: 'STARTED_AT', order: 'DESCENDING' },
      maxResults: 5,
    }),
  );
  return ingestionJobSummaries.find((job) => job.description === description)?.ingestionJobId;
};

const describeDocuments =
  (client: BedrockAgentClient): KnowledgeEngine['describeDocuments'] =>
  async (source, uris) => {
    const states = new Map<string, DocumentState>(uris.map((uri) => [uri, { status: 'absent' }]));
    for (const documentIdentifiers of identifiersOf(uris)) {
      const { documentDetails = [] } = await client.send(
        new GetKnowledgeBaseDocumentsCommand({ ...keyOf(source), documentIdentifiers }),
      );
      for (const { identifier, status, statusReason } of documentDetails) {
        const uri = identifier?.s3?.uri;
        if (uri === undefined) continue;
        const reason = statusReason === undefined || statusReason === '' ? {} : { reason: statusReason };
        states.set(uri, { status: DOCUMENT_STATUSES[status ?? 'PENDING'], ...reason });
      }
    }
    return states;
  };

const identifiersOf = (uris: readonly string[]): DocumentIdentifier[][] => {
  const batches: DocumentIdentifier[][] = [];
  for (let start = 0; start < uris.length; start += DOCUMENTS_PER_REQUEST) {
    const batch = uris.slice(start, start + DOCUMENTS_PER_REQUEST);
    batches.push(batch.map((uri) => ({ dataSourceType: 'S3', s3: { uri } })));
  }
  return batches;
};

const required = (value: string | undefined, what: string): string => {
  if (value === undefined) throw new Error(`Bedrock answered without a ${what}.`);
  return value;
};

const KNOWLEDGE_BASE_STATUSES: Record<KnowledgeBaseStatus, EngineKnowledgeBase['status']> = {
  CREATING: 'creating',
  ACTIVE: 'active',
  UPDATING: 'active',
  UPDATE_UNSUCCESSFUL: 'active',
  DELETING: 'deleting',
  DELETE_UNSUCCESSFUL: 'failed',
  FAILED: 'failed',
};

const DATA_SOURCE_STATUSES: Record<DataSourceStatus, EngineDataSource['status']> = {
  CREATING: 'available',
  AVAILABLE: 'available',
  UPDATING: 'available',
  DELETING: 'deleting',
  DELETE_UNSUCCESSFUL: 'failed',
  FAILED: 'failed',
};

const JOB_STATUSES: Record<IngestionJobStatus, IngestionJobState['status']> = {
  STARTING: 'running',
  IN_PROGRESS: 'running',
  STOPPING: 'running',
  COMPLETE: 'complete',
  FAILED: 'failed',
  STOPPED: 'stopped',
};

const DOCUMENT_STATUSES: Record<DocumentStatus, DocumentState['status']> = {
  INDEXED: 'indexed',
  PARTIALLY_INDEXED: 'partly-indexed',
  PENDING: 'under-way',
  STARTING: 'under-way',
  IN_PROGRESS: 'under-way',
  METADATA_PARTIALLY_INDEXED: 'partly-indexed',
  METADATA_UPDATE_FAILED: 'failed',
  FAILED: 'failed',
  IGNORED: 'ignored',
  NOT_FOUND: 'absent',
  DELETING: 'deleting',
  DELETE_IN_PROGRESS: 'deleting',
};
