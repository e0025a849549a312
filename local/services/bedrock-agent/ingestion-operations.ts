import type * as client from '@aws-sdk/client-bedrock-agent';
import { conflict, notFound, onceByToken, page, quotaExceeded, validation } from '../bedrock/common.ts';
import { NO_COUNTS, removeDocument, runIngestionJob } from './ingestion.ts';
import { type AgentDependencies, type AgentHandlers, requireSettled } from './knowledge-base-operations.ts';
import { isRunning, type KnowledgeStore, type StoredDocument, type StoredJob } from './knowledge-store.ts';

/** The API takes this many documents at once (Bedrock user guide, "Ingest changes directly", 2026-11). */
const DOCUMENTS_A_CALL = 25;

/** Start, read and stop ingestion jobs. */
export const ingestionOperations = (dependencies: AgentDependencies): AgentHandlers => {
  const { store, context } = dependencies;
  const requireJob = (input: client.GetIngestionJobRequest): StoredJob => {
    const source = store.requireDataSource(input.knowledgeBaseId, input.dataSourceId);
    const jobs = store.jobs(source.knowledgeBaseId, source.dataSourceId);
    const job = jobs.find(({ ingestionJobId }) => ingestionJobId === input.ingestionJobId);
    if (job === undefined) throw notFound(`Ingestion job with id ${input.ingestionJobId} is not found.`);
    return job;
  };
  return {
    StartIngestionJob: async ({ clientToken, ...input }) => {
      const request = { operation: 'StartIngestionJob', clientToken, input };
      const ingestionJobId = await onceByToken(store.records, request, () => startJob(dependencies, input));
      return { ingestionJob: describeJob(requireJob({ ...input, ingestionJobId })) };
    },
    GetIngestionJob: (input) => ({ ingestionJob: describeJob(requireJob(input)) }),
    ListIngestionJobs: (input) => {
      const source = store.requireDataSource(input.knowledgeBaseId, input.dataSourceId);
      const statuses = input.filters?.flatMap(({ values }) => values ?? []);
      const jobs = store
        .jobs(source.knowledgeBaseId, source.dataSourceId)
        .filter(({ status }) => statuses === undefined || statuses.includes(status))
        .sort((a, b) => b.startedAt - a.startedAt);
      const { items, nextToken } = page(jobs, input);
      return { ingestionJobSummaries: items.map(describeJob), nextToken };
    },
    StopIngestionJob: (input) => {
      const job = requireJob(input);
      if (!isRunning(job)) throw conflict(`Ingestion job ${job.ingestionJobId} is in status ${job.status}.`);
      const stopped: StoredJob = { ...job, status: 'STOPPED', updatedAt: context.clock.now() };
      store.putJob(stopped);
      return { ingestionJob: describeJob(stopped) };
    },
  };
};

/** Read and delete documents of a data source. */
export const documentOperations = (dependencies: AgentDependencies): AgentHandlers => {
  const { store, context } = dependencies;
  return {
    ListKnowledgeBaseDocuments: (input) => {
      const source = store.requireDataSource(input.knowledgeBaseId, input.dataSourceId);
      const { items, nextToken } = page(store.documents(source.knowledgeBaseId, source.dataSourceId), input);
      return { documentDetails: items.map(describeDocument), nextToken };
    },
    GetKnowledgeBaseDocuments: (input) => ({
      documentDetails: urisOf(input.documentIdentifiers).map((uri) => documentDetail(store, input, uri)),
    }),
    DeleteKnowledgeBaseDocuments: (input) => {
      const documentDetails = urisOf(input.documentIdentifiers).map((uri) => {
        const detail = documentDetail(store, input, uri);
        const document = store.document(detail.knowledgeBaseId ?? '', detail.dataSourceId ?? '', uri);
        if (document === undefined) return detail;
        removeDocument(dependencies, document);
        return { ...detail, status: 'DELETING' as const, updatedAt: new Date(context.clock.now()) };
      });
      return { documentDetails };
    },
  };
};

const startJob = (dependencies: AgentDependencies, input: client.StartIngestionJobRequest): string => {
  const { store, context, quotas } = dependencies;
  const { knowledgeBaseId } = requireSettled(store, input.knowledgeBaseId, context.clock.now());
  const { dataSourceId } = store.requireDataSource(knowledgeBaseId, input.dataSourceId);
  const running = store.jobs().filter(isRunning);
  if (running.some((job) => job.knowledgeBaseId === knowledgeBaseId)) {
    throw conflict('There is an ongoing ingestion job for this knowledge base. Wait for it to complete and try again.');
  }
  if (running.length >= quotas.concurrentIngestionJobs) {
    throw quotaExceeded(
      `The maximum number of concurrent ingestion jobs per account (${quotas.concurrentIngestionJobs}) is reached.`,
    );
  }
  const now = context.clock.now();
  const job: StoredJob = {
    knowledgeBaseId,
    dataSourceId,
    ingestionJobId: dependencies.newId(),
    description: input.description,
    status: 'STARTING',
    statistics: NO_COUNTS,
    failureReasons: [],
    startedAt: now,
    updatedAt: now,
  };
  store.putJob(job);
  setImmediate(() => void runIngestionJob(dependencies, job));
  return job.ingestionJobId;
};

/** Takes up again the jobs that a stop of the cloud interrupted. */
export const resumeJobs = (dependencies: AgentDependencies): void => {
  for (const job of dependencies.store.jobs().filter(isRunning)) {
    setImmediate(() => void runIngestionJob(dependencies, job));
  }
};

const urisOf = (identifiers: client.DocumentIdentifier[] | undefined): string[] => {
  if (identifiers === undefined || identifiers.length === 0 || identifiers.length > DOCUMENTS_A_CALL) {
    throw validation(`Value at 'documentIdentifiers' must have between 1 and ${DOCUMENTS_A_CALL} members`);
  }
  return identifiers.map(({ s3 }) => {
    if (s3?.uri === undefined) throw validation('The embedded Bedrock serves documents of S3 data sources.');
    return s3.uri;
  });
};

const documentDetail = (
  store: KnowledgeStore,
  input: client.GetKnowledgeBaseDocumentsRequest,
  uri: string,
): client.KnowledgeBaseDocumentDetail => {
  const { knowledgeBaseId, dataSourceId } = store.requireDataSource(input.knowledgeBaseId, input.dataSourceId);
  const document = store.document(knowledgeBaseId, dataSourceId, uri);
  if (document !== undefined) return describeDocument(document);
  return { knowledgeBaseId, dataSourceId, status: 'NOT_FOUND', identifier: { dataSourceType: 'S3', s3: { uri } } };
};

const describeDocument = (document: StoredDocument): client.KnowledgeBaseDocumentDetail => ({
  knowledgeBaseId: document.knowledgeBaseId,
  dataSourceId: document.dataSourceId,
  status: document.status,
  identifier: { dataSourceType: 'S3', s3: { uri: document.uri } },
  statusReason: document.statusReason,
  updatedAt: new Date(document.updatedAt),
});

const describeJob = (job: StoredJob): client.IngestionJob => ({
  knowledgeBaseId: job.knowledgeBaseId,
  dataSourceId: job.dataSourceId,
  ingestionJobId: job.ingestionJobId,
  description: job.description,
  status: job.status,
  statistics: job.statistics,
  failureReasons: job.failureReasons.length === 0 ? undefined : [...job.failureReasons],
  startedAt: new Date(job.startedAt),
  updatedAt: new Date(job.updatedAt),
});
