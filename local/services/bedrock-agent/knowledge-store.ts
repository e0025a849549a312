import type {
  CreateDataSourceRequest,
  CreateKnowledgeBaseRequest,
  IngestionJobStatistics,
  IngestionJobStatus,
} from '@aws-sdk/client-bedrock-agent';
import type { CloudContext, KeyValueStore } from '../../core/service.ts';
import { forgetTokens, notFound, type TagStore, tagStore } from '../bedrock/common.ts';

export interface StoredKnowledgeBase {
  readonly knowledgeBaseId: string;
  readonly arn: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly roleArn: string;
  readonly knowledgeBaseConfiguration: CreateKnowledgeBaseRequest['knowledgeBaseConfiguration'];
  readonly storageConfiguration: CreateKnowledgeBaseRequest['storageConfiguration'];
  readonly indexArn: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** CREATING (or UPDATING) until then. */
  readonly activeAt: number;
  /** DELETING until then, gone afterwards. */
  readonly goneAt?: number;
}

export interface StoredDataSource {
  readonly knowledgeBaseId: string;
  readonly dataSourceId: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly configuration: CreateDataSourceRequest['dataSourceConfiguration'];
  readonly vectorIngestionConfiguration: CreateDataSourceRequest['vectorIngestionConfiguration'];
  readonly dataDeletionPolicy: 'DELETE' | 'RETAIN';
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly goneAt?: number;
}

export interface StoredJob {
  readonly knowledgeBaseId: string;
  readonly dataSourceId: string;
  readonly ingestionJobId: string;
  readonly description?: string | undefined;
  readonly status: IngestionJobStatus;
  readonly statistics: IngestionJobStatistics;
  readonly failureReasons: readonly string[];
  readonly startedAt: number;
  readonly updatedAt: number;
}

export interface StoredDocument {
  readonly knowledgeBaseId: string;
  readonly dataSourceId: string;
  /** `s3://bucket/key`. */
  readonly uri: string;
  readonly status: 'INDEXED' | 'FAILED';
  readonly statusReason?: string | undefined;
  readonly updatedAt: number;
  /** Entity tags of the file and its metadata file: what is unchanged is not read again. */
  readonly etag: string;
  readonly metadataEtag?: string | undefined;
  readonly vectorKeys: readonly string[];
}

export interface KnowledgeStore {
  readonly records: KeyValueStore;
  readonly tags: TagStore;
  readonly knowledgeBases: () => StoredKnowledgeBase[];
  readonly requireKnowledgeBase: (id: string | undefined) => StoredKnowledgeBase;
  readonly putKnowledgeBase: (knowledgeBase: StoredKnowledgeBase) => void;
  readonly dataSources: (knowledgeBaseId: string) => StoredDataSource[];
  readonly requireDataSource: (knowledgeBaseId: string | undefined, id: string | undefined) => StoredDataSource;
  readonly putDataSource: (dataSource: StoredDataSource) => void;
  readonly jobs: (knowledgeBaseId?: string, dataSourceId?: string) => StoredJob[];
  readonly putJob: (job: StoredJob) => void;
  readonly documents: (knowledgeBaseId: string, dataSourceId: string) => StoredDocument[];
  readonly document: (knowledgeBaseId: string, dataSourceId: string, uri: string) => StoredDocument | undefined;
  readonly putDocument: (document: StoredDocument) => void;
  readonly deleteDocument: (document: StoredDocument) => void;
}

/** Job states that end nothing any more. */
export const isRunning = ({ status }: StoredJob): boolean => ['STARTING', 'IN_PROGRESS', 'STOPPING'].includes(status);

/** What Bedrock knows about knowledge bases. What was deleted disappears when its time has come. */
export const knowledgeStore = (context: Pick<CloudContext, 'store' | 'clock'>): KnowledgeStore => {
  const records = context.store('bedrock-agent');
  const tags = tagStore(records);
  const isGone = ({ goneAt }: { goneAt?: number }) => goneAt !== undefined && goneAt <= context.clock.now();
  const list = <Value>(prefix: string) => records.list<Value>(prefix).map(({ value }) => value);
  const sweep = () => {
    for (const base of list<StoredKnowledgeBase>('base/').filter(isGone)) eraseKnowledgeBase(records, tags, base);
    for (const source of list<StoredDataSource>('source/').filter(isGone)) eraseDataSource(records, source);
  };
  const knowledgeBases = () => {
    sweep();
    return list<StoredKnowledgeBase>('base/');
  };
  const requireKnowledgeBase = (id: string | undefined) => {
    sweep();
    const found = records.get<StoredKnowledgeBase>(`base/${id}`);
    if (found === undefined)
      throw notFound(`Failed to retrieve resource because it doesn't exist. Retry your request.`);
    return found;
  };
  return {
    records,
    tags,
    knowledgeBases,
    requireKnowledgeBase,
    putKnowledgeBase: (base) => records.put(`base/${base.knowledgeBaseId}`, base),
    dataSources: (knowledgeBaseId) => {
      sweep();
      return list<StoredDataSource>(`source/${knowledgeBaseId}/`);
    },
    requireDataSource: (knowledgeBaseId, id) => {
      requireKnowledgeBase(knowledgeBaseId);
      const found = records.get<StoredDataSource>(`source/${knowledgeBaseId}/${id}`);
      if (found === undefined)
        throw notFound(`DataSource with id ${id} in KnowledgeBase ${knowledgeBaseId} is not found.`);
      return found;
    },
    putDataSource: (source) => records.put(`source/${source.knowledgeBaseId}/${source.dataSourceId}`, source),
    jobs: (knowledgeBaseId, dataSourceId) => {
      const below = [knowledgeBaseId, dataSourceId].filter((part) => part !== undefined).map((part) => `${part}/`);
      return list<StoredJob>(`job/${below.join('')}`);
    },
    putJob: (job) => records.put(`job/${job.knowledgeBaseId}/${job.dataSourceId}/${job.ingestionJobId}`, job),
    documents: (knowledgeBaseId, dataSourceId) => list<StoredDocument>(`document/${knowledgeBaseId}/${dataSourceId}/`),
    document: (knowledgeBaseId, dataSourceId, uri) =>
      records.get<StoredDocument>(`document/${knowledgeBaseId}/${dataSourceId}/${uri}`),
    putDocument: (document) => records.put(documentKey(document), document),
    deleteDocument: (document) => records.delete(documentKey(document)),
  };
};

const documentKey = ({ knowledgeBaseId, dataSourceId, uri }: StoredDocument): string =>
  `document/${knowledgeBaseId}/${dataSourceId}/${uri}`;

const eraseKnowledgeBase = (records: KeyValueStore, tags: TagStore, base: StoredKnowledgeBase): void => {
  for (const { value } of records.list<StoredDataSource>(`source/${base.knowledgeBaseId}/`)) {
    eraseDataSource(records, value);
  }
  tags.clear(base.arn);
  forgetTokens(records, base.knowledgeBaseId);
  records.delete(`base/${base.knowledgeBaseId}`);
};

const eraseDataSource = (records: KeyValueStore, { knowledgeBaseId, dataSourceId }: StoredDataSource): void => {
  const below = `${knowledgeBaseId}/${dataSourceId}`;
  for (const kind of ['job', 'document']) {
    for (const { key } of records.list(`${kind}/${below}/`)) {
      records.delete(key);
      forgetTokens(records, key.split('/').at(-1) ?? '');
    }
  }
  forgetTokens(records, dataSourceId);
  records.delete(`source/${below}`);
};
