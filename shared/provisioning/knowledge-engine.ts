/** How far Bedrock is with a knowledge base. */
export interface EngineKnowledgeBase {
  readonly status: 'creating' | 'active' | 'deleting' | 'failed';
  readonly reasons: readonly string[];
  readonly indexArn: string;
}

export interface EngineDataSource {
  readonly dataSourceId: string;
  readonly name: string;
  readonly status: 'available' | 'deleting' | 'failed';
}

export interface IngestionJobState {
  readonly status: 'running' | 'complete' | 'failed' | 'stopped';
  readonly reasons: readonly string[];
}

/** What became of one document; `absent` when the knowledge base does not hold it. */
export interface DocumentState {
  readonly status: 'indexed' | 'under-way' | 'failed' | 'ignored' | 'partly-indexed' | 'deleting' | 'absent';
  readonly reason?: string;
}

/** A data source of a knowledge base, by the engine's own ids. */
export interface DataSourceKey {
  readonly bedrockKnowledgeBaseId: string;
  readonly dataSourceId: string;
}

/** Bedrock's knowledge bases, as provisioning needs them. Making and removing are idempotent; what a job still reads stays, and is asked for again. */
export interface KnowledgeEngine {
  /**
   * The id of the knowledge base of this name, made if there is none.
   * @throws PermanentFailure `KnowledgeBaseQuotaExceeded` when the account has no room for another
   */
  readonly ensureKnowledgeBase: (wanted: {
    readonly name: string;
    readonly roleArn: string;
    readonly embeddingModelArn: string;
    readonly indexArn: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly token: string;
  }) => Promise<string>;
  readonly findKnowledgeBase: (name: string) => Promise<string | undefined>;
  readonly describeKnowledgeBase: (bedrockKnowledgeBaseId: string) => Promise<EngineKnowledgeBase | undefined>;
  /** The id of the data source of this name, made if there is none. */
  readonly ensureDataSource: (wanted: {
    readonly bedrockKnowledgeBaseId: string;
    readonly name: string;
    readonly bucket: string;
    readonly prefix: string;
    readonly token: string;
  }) => Promise<string>;
  readonly listDataSources: (bedrockKnowledgeBaseId: string) => Promise<readonly EngineDataSource[]>;
  /** The job's id; undefined when another job is in the way and the caller should ask again later. */
  readonly startIngestion: (
    source: DataSourceKey,
    job: { readonly token: string; readonly description: string },
  ) => Promise<string | undefined>;
  readonly describeIngestion: (source: DataSourceKey, ingestionJobId: string) => Promise<IngestionJobState>;
  /** By URI (`s3://…`). */
  readonly describeDocuments: (
    source: DataSourceKey,
    uris: readonly string[],
  ) => Promise<ReadonlyMap<string, DocumentState>>;
  readonly deleteDocuments: (source: DataSourceKey, uris: readonly string[]) => Promise<void>;
  readonly deleteDataSource: (source: DataSourceKey) => Promise<void>;
  readonly deleteKnowledgeBase: (bedrockKnowledgeBaseId: string) => Promise<void>;
}

/** The vector store below it. */
export interface VectorIndexes {
  /** The ARN of the index of this name, made if there is none. */
  readonly ensure: (name: string, tags: Readonly<Record<string, string>>) => Promise<string>;
  readonly remove: (name: string) => Promise<void>;
}
