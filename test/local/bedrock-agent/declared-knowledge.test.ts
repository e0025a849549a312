import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetIngestionJobCommand, StartIngestionJobCommand } from '@aws-sdk/client-bedrock-agent';
import { BedrockAgentCoreControlClient, GetAgentRuntimeCommand } from '@aws-sdk/client-bedrock-agentcore-control';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import type { AwsService, JsonObject } from '../../../local/core/service.ts';
import { makeAgentCoreControl } from '../../../local/services/agentcore-control/index.ts';
import { objectReader } from '../../../local/services/bedrock/object-reader.ts';
import { makeS3 } from '../../../local/services/s3/index.ts';
import { startAiCloud } from '../support/ai-cloud.ts';
import { ROLE_ARN, startKnowledgeCloud } from './knowledge-fixture.ts';

let cloud: { stop: () => Promise<void> };
afterEach(() => cloud.stop());

/** Makes a declared resource as the template reader does. */
const ensure = (services: readonly AwsService[], type: string, properties: JsonObject, assetPath?: string) => {
  const provider = services.flatMap(({ resources = [] }) => resources).find((known) => known.type === type);
  if (provider === undefined) throw new Error(`no provider for ${type}`);
  return provider.ensure({
    stackName: 'oratio',
    logicalId: 'Resource',
    physicalName: 'oratio-resource',
    type,
    properties,
    assetPath: () => assetPath,
  });
};

test('a shared knowledge base of the template is made once, with its index and data source', async () => {
  const knowledge = await startKnowledgeCloud({});
  cloud = knowledge;
  const declare = async () => {
    const bucket = await ensure(knowledge.services, 'AWS::S3Vectors::VectorBucket', { VectorBucketName: 'shared' });
    const index = await ensure(knowledge.services, 'AWS::S3Vectors::Index', {
      VectorBucketArn: bucket.ref,
      IndexName: 'oratio-shared',
      DataType: 'float32',
      Dimension: 1024,
      DistanceMetric: 'cosine',
      MetadataConfiguration: { NonFilterableMetadataKeys: ['AMAZON_BEDROCK_TEXT'] },
    });
    const base = await ensure(knowledge.services, 'AWS::Bedrock::KnowledgeBase', {
      Name: 'oratio-shared',
      RoleArn: ROLE_ARN,
      KnowledgeBaseConfiguration: {
        Type: 'VECTOR',
        VectorKnowledgeBaseConfiguration: {
          EmbeddingModelArn: 'arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0',
        },
      },
      StorageConfiguration: { Type: 'S3_VECTORS', S3VectorsConfiguration: { IndexArn: index.ref } },
      Tags: { platform: 'oratio' },
    });
    const source = await ensure(knowledge.services, 'AWS::Bedrock::DataSource', {
      KnowledgeBaseId: base.ref,
      Name: 'files',
      DataSourceConfiguration: { Type: 'S3', S3Configuration: { BucketArn: 'arn:aws:s3:::files' } },
    });
    return [bucket.ref, index.ref, base.ref, source.ref];
  };
  const first = await declare();
  expect([await declare(), first]).toEqual([
    first,
    [
      'arn:aws:s3vectors:us-east-1:111122223333:bucket/shared',
      'arn:aws:s3vectors:us-east-1:111122223333:bucket/shared/index/oratio-shared',
      expect.stringMatching(/^[0-9A-Z]{10}$/),
      expect.stringMatching(/^[0-9A-Z]{10}\|[0-9A-Z]{10}$/),
    ],
  ]);
});

const TRUST_IN_AGENTCORE = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'bedrock-agentcore.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

test('a runtime of the template takes its code from the assembly and gets a new version when it changes', async () => {
  const started = await startAiCloud((context) => [makeAgentCoreControl(context)]);
  cloud = started;
  const { Role } = await new IAMClient(started.settings).send(
    new CreateRoleCommand({ RoleName: 'creator', AssumeRolePolicyDocument: JSON.stringify(TRUST_IN_AGENTCORE) }),
  );
  const declare = async (code: string, environment: string) => {
    const asset = await mkdtemp(join(tmpdir(), 'asset.'));
    await writeFile(join(asset, 'main.js'), code);
    const properties = {
      AgentRuntimeName: 'oratio_dev_creator',
      AgentRuntimeArtifact: {
        CodeConfiguration: {
          Code: { S3: { Bucket: 'assets', Prefix: 'creator.zip' } },
          Runtime: 'NODE_22',
          EntryPoint: ['main.js'],
        },
      },
      RoleArn: String(Role?.Arn),
      NetworkConfiguration: { NetworkMode: 'PUBLIC' },
      ProtocolConfiguration: 'HTTP',
      EnvironmentVariables: { MODEL_ID: environment },
    };
    return { asset, again: () => ensure(started.services, 'AWS::BedrockAgentCore::Runtime', properties, asset) };
  };
  const first = await declare('1', 'a');
  const made = await first.again();
  const same = await first.again();
  const changed = await (await declare('2', 'b')).again();
  const { status, environmentVariables, protocolConfiguration } = await new BedrockAgentCoreControlClient(
    started.settings,
  ).send(new GetAgentRuntimeCommand({ agentRuntimeId: made.ref }));
  expect({
    versions: [made, same, changed].map(({ attributes }) => attributes.AgentRuntimeVersion),
    oneRuntime: made.ref === changed.ref,
    status,
    environmentVariables,
    protocolConfiguration,
  }).toEqual({
    versions: ['1', '1', '2'],
    oneRuntime: true,
    status: 'READY',
    environmentVariables: { MODEL_ID: 'b' },
    protocolConfiguration: { serverProtocol: 'HTTP' },
  });
});

test('ingestion reads S3 as the knowledge role: what the role may not read is a failed document', async () => {
  const started = await startKnowledgeCloud(
    {},
    {
      withServices: (context) => [makeS3(context)],
      objectsOf: async (context, roleArn) => objectReader(context, await context.credentialsOfRole(roleArn, 'test')),
    },
  );
  cloud = started;
  const s3 = new S3Client(started.settings);
  await s3.send(new CreateBucketCommand({ Bucket: 'files' }));
  for (const name of ['open.txt', 'closed.txt']) {
    await s3.send(new PutObjectCommand({ Bucket: 'files', Key: `user-1/agent-1/${name}`, Body: `I am ${name}.` }));
  }
  const Statement = [
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::files' },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::files/user-1/agent-1/open.txt' },
  ];
  await new IAMClient(started.settings).send(
    new PutRolePolicyCommand({
      RoleName: 'knowledge',
      PolicyName: 'files',
      PolicyDocument: JSON.stringify({ Statement }),
    }),
  );
  const job = await started.ingest(await started.knowledge());
  expect([job?.status, job?.statistics?.numberOfNewDocumentsIndexed, job?.failureReasons]).toEqual([
    'COMPLETE',
    1,
    [expect.stringContaining('s3:GetObject')],
  ]);
});

test('a job that a stop interrupted is taken up again', async () => {
  const bucket = Promise.withResolvers<never>();
  let stops = true;
  const files = { 'files/user-1/agent-1/a.txt': 'A.' };
  const started = await startKnowledgeCloud(files, {
    objectsOf: async () => (stops ? bucket.promise : started.objects),
  });
  cloud = started;
  const source = await started.knowledge();
  const { ingestionJob } = await started.agent.send(new StartIngestionJobCommand(source));
  stops = false;
  for (const service of started.services) service.resume?.();
  const get = new GetIngestionJobCommand({ ...source, ingestionJobId: ingestionJob?.ingestionJobId });
  await expect.poll(async () => (await started.agent.send(get)).ingestionJob?.status).toBe('COMPLETE');
});
