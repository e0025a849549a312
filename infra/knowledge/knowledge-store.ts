import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnDataSource, CfnKnowledgeBase } from 'aws-cdk-lib/aws-bedrock';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnIndex, CfnVectorBucket } from 'aws-cdk-lib/aws-s3vectors';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import type { PrivateBucket } from '../kernel/private-bucket.ts';
import { permit } from '../kernel/service-role.ts';
import { stageTags } from '../kernel/tags.ts';

export interface KnowledgeStoreProps {
  readonly config: StageConfig;
  readonly files: PrivateBucket;
}

/** What is written beside each vector and never filtered by; filterable metadata may have only 2 KB a vector. */
const UNFILTERED_METADATA = ['AMAZON_BEDROCK_TEXT', 'AMAZON_BEDROCK_METADATA', 'description'];

/** Width of Titan Text Embeddings V2's vectors at its default; the workflow makes its indexes as wide. */
const EMBEDDING_DIMENSIONS = 1024;

/** The same passages as in dedicated isolation: about a paragraph or two, with some overlap. */
const CHUNKING = {
  chunkingStrategy: 'FIXED_SIZE',
  fixedSizeChunkingConfiguration: { maxTokens: 300, overlapPercentage: 20 },
};

const UNNAMED = 'A new knowledge base has no ARN yet, and a list has none.';
const UNKNOWN_IDS = 'Bedrock chooses the id of a knowledge base when the workflow makes it.';
const INDEXES = 'The workflow makes an index an agent, named after it.';

/**
 * Where passages become vectors: an S3 vector bucket (no cost while idle) and the role Bedrock reads files with.
 * In shared isolation also the stage's one knowledge base; in dedicated isolation the workflow makes one an agent.
 */
export class KnowledgeStore extends Construct {
  readonly vectorBucketName: string;
  readonly vectorBucketArn: string;
  readonly role: Role;
  readonly embeddingModelArn: string;
  readonly shared: { readonly knowledgeBaseId: string; readonly dataSourceId: string } | undefined;
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, props: KnowledgeStoreProps) {
    super(scope, id);
    const { config } = props;
    this.#config = config;
    const stack = Stack.of(this);
    const vectors = new CfnVectorBucket(this, 'Vectors', {
      // Named, because policies and the knowledge bases made by the workflow must know it before it exists.
      vectorBucketName: `${config.prefix}-${stack.account}-${stack.region}`,
      encryptionConfiguration: { sseType: 'AES256' },
    });
    vectors.applyRemovalPolicy(config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    this.vectorBucketName = `${config.prefix}-${stack.account}-${stack.region}`;
    this.vectorBucketArn = vectors.attrVectorBucketArn;
    this.embeddingModelArn = stack.formatArn({
      service: 'bedrock',
      account: '',
      resource: 'foundation-model',
      resourceName: config.embeddingModelId,
    });
    this.role = this.#bedrockRole(props.files);
    this.shared = config.knowledgeIsolation === 'shared' ? this.#sharedKnowledgeBase(vectors, props.files) : undefined;
  }

  /** ARN of the vector indexes the workflow makes, one an agent. */
  get agentIndexesArn(): string {
    return `${this.vectorBucketArn}/index/${this.#config.prefix}-*`;
  }

  /** ARNs of all knowledge bases of the account: Bedrock chooses their ids, so nothing narrower can be named. */
  get knowledgeBasesArn(): string {
    return Stack.of(this).formatArn({ service: 'bedrock', resource: 'knowledge-base', resourceName: '*' });
  }

  /** The ids of the stage's shared knowledge base; empty in dedicated isolation. */
  provideIsolation(fn: OratioFunction): void {
    fn.provide('KNOWLEDGE_ISOLATION', this.#config.knowledgeIsolation);
    fn.provide('SHARED_KNOWLEDGE_BASE_ID', this.shared?.knowledgeBaseId ?? '');
    fn.provide('SHARED_DATA_SOURCE_ID', this.shared?.dataSourceId ?? '');
  }

  /** What the workflow needs to make an agent's knowledge base and start reading its files. */
  grantProvision(fn: OratioFunction): void {
    this.provideIsolation(fn);
    fn.provide('VECTOR_BUCKET_NAME', this.vectorBucketName);
    fn.provide('VECTOR_BUCKET_ARN', this.vectorBucketArn);
    fn.provide('KNOWLEDGE_ROLE_ARN', this.role.roleArn);
    fn.provide('EMBEDDING_MODEL_ARN', this.embeddingModelArn);
    fn.allow(['s3vectors:CreateIndex', 's3vectors:GetIndex', 's3vectors:TagResource'], [this.agentIndexesArn], {
      wildcardReason: INDEXES,
    });
    const ours = { StringEquals: this.#tagsOf('aws:RequestTag') };
    fn.allow(['bedrock:ListKnowledgeBases'], ['*'], { wildcardReason: UNNAMED });
    fn.allow(['bedrock:CreateKnowledgeBase'], ['*'], { conditions: ours, wildcardReason: UNNAMED });
    fn.allow(['bedrock:TagResource'], [this.knowledgeBasesArn], { conditions: ours, wildcardReason: UNKNOWN_IDS });
    this.grantRead(fn, 'GetKnowledgeBase', 'ListDataSources', 'ListIngestionJobs');
    this.#grantChange(fn, 'CreateDataSource', 'StartIngestionJob');
    const toBedrock = { StringEquals: { 'iam:PassedToService': 'bedrock.amazonaws.com' } };
    fn.allow(['iam:PassRole'], [this.role.roleArn], { conditions: toBedrock });
  }

  /** What takes an agent's knowledge base down again. */
  grantRemove(fn: OratioFunction): void {
    fn.provide('VECTOR_BUCKET_NAME', this.vectorBucketName);
    fn.allow(['s3vectors:DeleteIndex'], [this.agentIndexesArn], { wildcardReason: INDEXES });
    fn.allow(['bedrock:ListKnowledgeBases'], ['*'], { wildcardReason: UNNAMED });
    this.grantRead(fn, 'GetKnowledgeBase', 'ListDataSources');
    this.#grantChange(fn, 'DeleteKnowledgeBase', 'DeleteDataSource');
  }

  /** What takes an agent's documents out of a knowledge base that others use as well. */
  grantForget(fn: OratioFunction): void {
    this.provideIsolation(fn);
    this.grantRead(fn, 'GetIngestionJob', 'GetKnowledgeBaseDocuments');
    // Bedrock's prerequisites of changing documents directly list the start of an ingestion job, too.
    this.#grantChange(fn, 'DeleteKnowledgeBaseDocuments', 'StartIngestionJob');
  }

  /**
   * Looks, whatever the tags: one that was deleted has none, and must be seen to be gone instead of being forbidden.
   * Which knowledge base is looked at is decided by the row of the agent.
   */
  grantRead(fn: OratioFunction, ...actions: readonly string[]): void {
    fn.allow(
      actions.map((action) => `bedrock:${action}`),
      [this.knowledgeBasesArn],
      { wildcardReason: UNKNOWN_IDS },
    );
  }

  /** Changes of knowledge bases of this stage only, told by their tags. */
  #grantChange(fn: OratioFunction, ...actions: readonly string[]): void {
    fn.allow(
      actions.map((action) => `bedrock:${action}`),
      [this.knowledgeBasesArn],
      { conditions: { StringEquals: this.#tagsOf('aws:ResourceTag') }, wildcardReason: UNKNOWN_IDS },
    );
  }

  #tagsOf(key: 'aws:RequestTag' | 'aws:ResourceTag'): Record<string, string> {
    return { [`${key}/platform`]: 'oratio', [`${key}/environment`]: this.#config.stage };
  }

  #bedrockRole(files: PrivateBucket): Role {
    const stack = Stack.of(this);
    const role = new Role(this, 'BedrockRole', {
      roleName: `${this.#config.prefix}-knowledge`,
      description: 'Bedrock reads knowledge files, embeds them and writes their vectors with it.',
      assumedBy: new ServicePrincipal('bedrock.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': this.knowledgeBasesArn },
        },
      }),
    });
    const indexes = `${this.vectorBucketArn}/index/*`;
    const vectors = ['GetIndex', 'PutVectors', 'GetVectors', 'ListVectors', 'DeleteVectors', 'QueryVectors'];
    permit(
      role,
      [
        { actions: ['s3:ListBucket'], resources: [files.bucket.bucketArn] },
        { actions: ['s3:GetObject'], resources: [files.bucket.arnForObjects('*')] },
        { actions: ['bedrock:InvokeModel'], resources: [this.embeddingModelArn] },
        { actions: vectors.map((action) => `s3vectors:${action}`), resources: [indexes] },
      ],
      'One role serves the knowledge bases of all agents of the stage; each data source is limited to its agent’s prefix.',
    );
    return role;
  }

  #sharedKnowledgeBase(vectors: CfnVectorBucket, files: PrivateBucket) {
    const config = this.#config;
    const index = new CfnIndex(this, 'SharedIndex', {
      vectorBucketArn: vectors.attrVectorBucketArn,
      indexName: `${config.prefix}-shared`,
      dataType: 'float32',
      dimension: EMBEDDING_DIMENSIONS,
      distanceMetric: 'cosine',
      metadataConfiguration: { nonFilterableMetadataKeys: UNFILTERED_METADATA },
    });
    const knowledgeBase = new CfnKnowledgeBase(this, 'SharedKnowledgeBase', {
      name: `${config.prefix}-shared`,
      roleArn: this.role.roleArn,
      knowledgeBaseConfiguration: {
        type: 'VECTOR',
        vectorKnowledgeBaseConfiguration: { embeddingModelArn: this.embeddingModelArn },
      },
      storageConfiguration: { type: 'S3_VECTORS', s3VectorsConfiguration: { indexArn: index.attrIndexArn } },
      tags: stageTags(config, 'knowledge-base'),
    });
    // Bedrock proves the role when the knowledge base is made: its policy must be there by then.
    knowledgeBase.node.addDependency(this.role);
    const source = new CfnDataSource(this, 'SharedSource', {
      name: `${config.prefix}-shared`,
      knowledgeBaseId: knowledgeBase.attrKnowledgeBaseId,
      dataDeletionPolicy: 'RETAIN',
      vectorIngestionConfiguration: { chunkingConfiguration: CHUNKING },
      dataSourceConfiguration: { type: 'S3', s3Configuration: { bucketArn: files.bucket.bucketArn } },
    });
    return { knowledgeBaseId: knowledgeBase.attrKnowledgeBaseId, dataSourceId: source.attrDataSourceId };
  }
}
