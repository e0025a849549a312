import {
  BedrockAgentClient,
  CreateDataSourceCommand,
  CreateKnowledgeBaseCommand,
  GetIngestionJobCommand,
  GetKnowledgeBaseCommand,
  type IngestionJob,
  StartIngestionJobCommand,
} from '@aws-sdk/client-bedrock-agent';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateIndexCommand, CreateVectorBucketCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import type { AwsService, CloudContext } from '../../../local/core/service.ts';
import type { ObjectReader } from '../../../local/services/bedrock/object-reader.ts';
import { type BedrockAgentOptions, makeBedrockAgent } from '../../../local/services/bedrock-agent/index.ts';
import { makeBedrockAgentRuntime } from '../../../local/services/bedrock-agent-runtime/index.ts';
import { makeS3Vectors } from '../../../local/services/s3vectors/index.ts';
import { leapingClock, memoryObjects, startAiCloud } from '../support/ai-cloud.ts';

export const ROLE_ARN = 'arn:aws:iam::111122223333:role/knowledge';
const MODEL_ARN = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0';
const INDEX_ARN = 'arn:aws:s3vectors:us-east-1:111122223333:bucket/passages/index';

interface FixtureOptions extends Omit<BedrockAgentOptions, 'objectsOf'> {
  readonly withServices?: (context: CloudContext) => AwsService[];
  readonly objectsOf?: (context: CloudContext, roleArn: string) => Promise<ObjectReader>;
}

/** A cloud with the knowledge services, a knowledge role, an index `agent-1`, and objects in memory. */
export const startKnowledgeCloud = async (
  objects: Record<string, string | Buffer>,
  { withServices = () => [], objectsOf = async () => memoryObjects(objects), ...options }: FixtureOptions = {},
) => {
  const clock = leapingClock();
  const cloud = await startAiCloud(
    (context) => [
      makeBedrockAgent(context, { objectsOf: (roleArn) => objectsOf(context, roleArn), ...options }),
      makeBedrockAgentRuntime(context),
      ...withServices(context),
      makeS3Vectors(context),
    ],
    clock,
  );
  const agent = new BedrockAgentClient(cloud.settings);
  const vectors = new S3VectorsClient(cloud.settings);
  await vectors.send(new CreateVectorBucketCommand({ vectorBucketName: 'passages' }));
  await createIndex(vectors, 'agent-1');
  await allowKnowledgeRole(new IAMClient(cloud.settings));
  return {
    ...cloud,
    clock,
    objects: memoryObjects(objects),
    agent,
    vectors,
    createIndex: (name: string, dimension?: number) => createIndex(vectors, name, dimension),
    createKnowledgeBase: (name: string, more = {}) => createKnowledgeBase(agent, name, more),
    /** An active knowledge base with a data source below `files/{prefix}`. */
    knowledge: async (name = 'agent-1', prefix = 'user-1/agent-1/') => {
      const { knowledgeBase } = await createKnowledgeBase(agent, name);
      clock.advance(1000);
      const knowledgeBaseId = knowledgeBase?.knowledgeBaseId;
      const { dataSource } = await createDataSource(agent, knowledgeBaseId, prefix);
      return { knowledgeBaseId, dataSourceId: dataSource?.dataSourceId };
    },
    ingest: (source: Source) => ingest(agent, source),
  };
};

interface Source {
  readonly knowledgeBaseId: string | undefined;
  readonly dataSourceId: string | undefined;
}

const createIndex = (vectors: S3VectorsClient, indexName: string, dimension = 1024) =>
  vectors.send(
    new CreateIndexCommand({
      vectorBucketName: 'passages',
      indexName,
      dataType: 'float32',
      dimension,
      distanceMetric: 'cosine',
      metadataConfiguration: { nonFilterableMetadataKeys: ['AMAZON_BEDROCK_TEXT', 'AMAZON_BEDROCK_METADATA'] },
    }),
  );

const allowKnowledgeRole = async (iam: IAMClient) => {
  const trust = {
    Statement: [{ Effect: 'Allow', Principal: { Service: 'bedrock.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const policy = {
    Statement: [
      { Effect: 'Allow', Action: 'bedrock:InvokeModel', Resource: MODEL_ARN },
      { Effect: 'Allow', Action: 's3vectors:*', Resource: `${INDEX_ARN}/*` },
    ],
  };
  await iam.send(new CreateRoleCommand({ RoleName: 'knowledge', AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'knowledge', PolicyName: 'all', PolicyDocument: JSON.stringify(policy) }),
  );
};

const createKnowledgeBase = (agent: BedrockAgentClient, name: string, more = {}) =>
  agent.send(
    new CreateKnowledgeBaseCommand({
      name,
      roleArn: ROLE_ARN,
      knowledgeBaseConfiguration: {
        type: 'VECTOR',
        vectorKnowledgeBaseConfiguration: { embeddingModelArn: MODEL_ARN },
      },
      storageConfiguration: { type: 'S3_VECTORS', s3VectorsConfiguration: { indexArn: `${INDEX_ARN}/agent-1` } },
      ...more,
    }),
  );

const createDataSource = (agent: BedrockAgentClient, knowledgeBaseId: string | undefined, prefix: string) =>
  agent.send(
    new CreateDataSourceCommand({
      knowledgeBaseId,
      name: 'files',
      dataSourceConfiguration: {
        type: 'S3',
        s3Configuration: { bucketArn: 'arn:aws:s3:::files', inclusionPrefixes: [prefix] },
      },
    }),
  );

/** Runs one ingestion job to its end. */
const ingest = async (agent: BedrockAgentClient, source: Source): Promise<IngestionJob | undefined> => {
  const { ingestionJob } = await agent.send(new StartIngestionJobCommand(source));
  const get = new GetIngestionJobCommand({ ...source, ingestionJobId: ingestionJob?.ingestionJobId });
  for (let asked = 0; asked < 2000; asked += 1) {
    const { ingestionJob: job } = await agent.send(get);
    if (job?.status === 'COMPLETE' || job?.status === 'FAILED') return job;
  }
  throw new Error('the ingestion job does not end');
};

export const statusOf = async (agent: BedrockAgentClient, knowledgeBaseId: string | undefined) =>
  (await agent.send(new GetKnowledgeBaseCommand({ knowledgeBaseId }))).knowledgeBase?.status;
