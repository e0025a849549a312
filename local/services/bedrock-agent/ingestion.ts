import type { IngestionJobStatistics } from '@aws-sdk/client-bedrock-agent';
import { AwsError, type CloudContext, type Need } from '../../core/service.ts';
import type { ListedObject, ObjectReader } from '../bedrock/object-reader.ts';
import { UnreadableDocument } from '../documents/document.ts';
import type { VectorStore } from '../s3vectors/vector-store.ts';
import { chunkingOf, LARGEST_FILE_BYTES, NO_METADATA, parseMetadataFile, vectorsOf } from './index-document.ts';
import { isRunning, type KnowledgeStore, type StoredDocument, type StoredJob } from './knowledge-store.ts';

export interface IngestionDependencies {
  readonly context: CloudContext;
  readonly store: KnowledgeStore;
  readonly vectors: VectorStore;
  readonly objectsOf: (roleArn: string) => Promise<ObjectReader>;
  /** What a job takes besides reading, on the cloud's clock. */
  readonly ingestionMs: number;
}

type Counts = { [Name in keyof IngestionJobStatistics]-?: number };
type JobKey = Pick<StoredJob, 'knowledgeBaseId' | 'dataSourceId' | 'ingestionJobId'>;

const METADATA_SUFFIX = '.metadata.json';

export const NO_COUNTS: Counts = {
  numberOfDocumentsScanned: 0,
  numberOfMetadataDocumentsScanned: 0,
  numberOfNewDocumentsIndexed: 0,
  numberOfModifiedDocumentsIndexed: 0,
  numberOfMetadataDocumentsModified: 0,
  numberOfDocumentsDeleted: 0,
  numberOfDocumentsFailed: 0,
  numberOfDocumentsSkipped: 0,
};

/** Permissions that Bedrock uses of the knowledge base's role to write (Bedrock user guide, "Create a service role"). */
const ingestionNeeds = (embeddingModelArn: string, indexArn: string): Need[] => [
  { action: 'bedrock:InvokeModel', resource: embeddingModelArn },
  { action: 's3vectors:PutVectors', resource: indexArn },
];

/** Synchronizes a data source with its bucket. Never rejects: the job's row tells how it ended. */
export const runIngestionJob = async (dependencies: IngestionDependencies, key: JobKey): Promise<void> => {
  const counts = { ...NO_COUNTS };
  const failures = new Map<string, string[]>();
  try {
    setJob(dependencies, key, { status: 'IN_PROGRESS' });
    await dependencies.context.clock.sleep(dependencies.ingestionMs);
    await synchronize(dependencies, key, counts, failures);
    setJob(dependencies, key, { status: 'COMPLETE', statistics: counts, failureReasons: reasonsOf(failures) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    setJob(dependencies, key, { status: 'FAILED', statistics: counts, failureReasons: [reason] });
  }
};

/** Leaves alone a job that was stopped, or deleted with its data source, meanwhile. */
const setJob = ({ context, store }: IngestionDependencies, key: JobKey, change: Partial<StoredJob>): void => {
  const job = jobOf(store, key);
  if (job !== undefined && isRunning(job)) store.putJob({ ...job, ...change, updatedAt: context.clock.now() });
};

const jobOf = (store: KnowledgeStore, key: JobKey): StoredJob | undefined =>
  store.jobs(key.knowledgeBaseId, key.dataSourceId).find(({ ingestionJobId }) => ingestionJobId === key.ingestionJobId);

const synchronize = async (
  dependencies: IngestionDependencies,
  key: JobKey,
  counts: Counts,
  failures: Map<string, string[]>,
): Promise<void> => {
  const { store, context } = dependencies;
  const base = store.requireKnowledgeBase(key.knowledgeBaseId);
  const source = store.requireDataSource(key.knowledgeBaseId, key.dataSourceId);
  const model = base.knowledgeBaseConfiguration?.vectorKnowledgeBaseConfiguration?.embeddingModelArn ?? '';
  await context.authorizeRole(base.roleArn, ingestionNeeds(model, base.indexArn));
  const { bucketArn = '', inclusionPrefixes = [''] } = source.configuration?.s3Configuration ?? {};
  const bucket = bucketArn.split(':').at(-1) ?? '';
  const objects = await dependencies.objectsOf(base.roleArn);
  try {
    const lists = await Promise.all(inclusionPrefixes.map((prefix) => objects.list(bucket, prefix)));
    const files = filesOf(bucket, lists.flat());
    counts.numberOfMetadataDocumentsScanned = files.filter(({ metadata }) => metadata !== undefined).length;
    for (const file of files) {
      if (!isWanted(store, key)) return;
      counts.numberOfDocumentsScanned += 1;
      await synchronizeFile(dependencies, { key, bucket, objects, file }, counts, failures);
    }
    const present = new Set(files.map(({ uri }) => uri));
    const absent = store.documents(key.knowledgeBaseId, key.dataSourceId).filter(({ uri }) => !present.has(uri));
    for (const document of absent) removeDocument(dependencies, document);
    counts.numberOfDocumentsDeleted = absent.length;
  } finally {
    objects.close();
  }
};

const isWanted = (store: KnowledgeStore, key: JobKey): boolean => jobOf(store, key)?.status === 'IN_PROGRESS';

interface ListedFile {
  readonly uri: string;
  readonly object: ListedObject;
  readonly metadata: ListedObject | undefined;
}

/** Files with their metadata files beside them; folder markers (`a/`) are none. */
const filesOf = (bucket: string, objects: readonly ListedObject[]): ListedFile[] => {
  const byKey = new Map(objects.map((object) => [object.key, object]));
  return objects
    .filter(({ key }) => !key.endsWith(METADATA_SUFFIX) && !key.endsWith('/'))
    .map((object) => ({
      uri: `s3://${bucket}/${object.key}`,
      object,
      metadata: byKey.get(object.key + METADATA_SUFFIX),
    }));
};

interface FileWork {
  readonly key: JobKey;
  readonly bucket: string;
  readonly objects: ObjectReader;
  readonly file: ListedFile;
}

const synchronizeFile = async (
  dependencies: IngestionDependencies,
  work: FileWork,
  counts: Counts,
  failures: Map<string, string[]>,
): Promise<void> => {
  const { store, vectors } = dependencies;
  const { key, file } = work;
  const known = store.document(key.knowledgeBaseId, key.dataSourceId, file.uri);
  const sameFile = known?.status === 'INDEXED' && known.etag === file.object.etag;
  if (sameFile && known.metadataEtag === file.metadata?.etag) return;
  const indexed = await indexFile(dependencies, work);
  const { indexArn } = store.requireKnowledgeBase(key.knowledgeBaseId);
  const outdated = (known?.vectorKeys ?? []).filter((vectorKey) => !indexed.vectorKeys.includes(vectorKey));
  vectors.delete(indexArn, outdated);
  store.putDocument(indexed);
  if (indexed.status === 'FAILED') {
    const reason = indexed.statusReason ?? '';
    failures.set(reason, [...(failures.get(reason) ?? []), file.uri]);
    counts.numberOfDocumentsFailed += 1;
  } else if (sameFile) counts.numberOfMetadataDocumentsModified += 1;
  else if (known?.status === 'INDEXED') counts.numberOfModifiedDocumentsIndexed += 1;
  else counts.numberOfNewDocumentsIndexed += 1;
};

const indexFile = async (
  { context, store, vectors }: IngestionDependencies,
  { key, bucket, objects, file }: FileWork,
): Promise<StoredDocument> => {
  const made = {
    knowledgeBaseId: key.knowledgeBaseId,
    dataSourceId: key.dataSourceId,
    uri: file.uri,
    etag: file.object.etag,
    metadataEtag: file.metadata?.etag,
    updatedAt: context.clock.now(),
  };
  try {
    if (file.object.sizeBytes > LARGEST_FILE_BYTES)
      throw new UnreadableDocument('The file exceeds the limit of 50 MB.');
    const metadata =
      file.metadata === undefined ? NO_METADATA : parseMetadataFile(await objects.read(bucket, file.metadata.key));
    const bytes = await objects.read(bucket, file.object.key);
    const source = store.requireDataSource(key.knowledgeBaseId, key.dataSourceId);
    const index = vectors.index(store.requireKnowledgeBase(key.knowledgeBaseId).indexArn);
    const target = { index, dataSourceId: key.dataSourceId, chunking: chunkingOf(source.vectorIngestionConfiguration) };
    const passages = await vectorsOf({ uri: file.uri, bytes, metadata }, target);
    vectors.put(index.arn, passages);
    return { ...made, status: 'INDEXED', vectorKeys: passages.map((passage) => passage.key) };
  } catch (error) {
    if (!(error instanceof UnreadableDocument || error instanceof AwsError)) throw error;
    return { ...made, status: 'FAILED', statusReason: error.message, vectorKeys: [] };
  }
};

/** Removes a document and its passages. */
export const removeDocument = (
  { store, vectors }: Pick<IngestionDependencies, 'store' | 'vectors'>,
  document: StoredDocument,
): void => {
  vectors.delete(store.requireKnowledgeBase(document.knowledgeBaseId).indexArn, document.vectorKeys);
  store.deleteDocument(document);
};

const reasonsOf = (failures: ReadonlyMap<string, readonly string[]>): string[] =>
  [...failures].map(([reason, uris]) => `Encountered error: ${reason} [Files: ${uris.join(', ')}]`);
