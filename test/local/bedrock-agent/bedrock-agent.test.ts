import {
  BedrockAgentClient,
  DeleteDataSourceCommand,
  DeleteKnowledgeBaseCommand,
  DeleteKnowledgeBaseDocumentsCommand,
  GetKnowledgeBaseDocumentsCommand,
  ListDataSourcesCommand,
  ListKnowledgeBaseDocumentsCommand,
  ListKnowledgeBasesCommand,
  ListTagsForResourceCommand,
  StartIngestionJobCommand,
} from '@aws-sdk/client-bedrock-agent';
import { DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { ListVectorsCommand } from '@aws-sdk/client-s3vectors';
import { afterEach, expect, test } from 'vitest';
import { failureOf, memoryObjects } from '../support/ai-cloud.ts';
import { ROLE_ARN, startKnowledgeCloud, statusOf } from './knowledge-fixture.ts';

let cloud: Awaited<ReturnType<typeof startKnowledgeCloud>>;
afterEach(() => cloud.stop());

const FILES = {
  'files/user-1/agent-1/returns.md': '# Returns\n\nYou can return a mattress within 100 nights.',
  'files/user-1/agent-1/care/wash.txt': 'Wash linen at 40 degrees.',
  'files/user-2/agent-2/secret.md': '# Secret\n\nNobody else may read this.',
};

test('a knowledge base is CREATING, then ACTIVE, then DELETING, then gone; its name is free again', async () => {
  cloud = await startKnowledgeCloud({});
  const { knowledgeBase } = await cloud.createKnowledgeBase('agent-1', { tags: { userId: 'user-1' } });
  const { knowledgeBaseId, knowledgeBaseArn } = knowledgeBase ?? {};
  const { tags } = await cloud.agent.send(new ListTagsForResourceCommand({ resourceArn: knowledgeBaseArn }));
  cloud.clock.advance(300);
  const active = await statusOf(cloud.agent, knowledgeBaseId);
  const taken = await failureOf(cloud.createKnowledgeBase('agent-1'));
  await cloud.agent.send(new DeleteKnowledgeBaseCommand({ knowledgeBaseId }));
  const deleting = await statusOf(cloud.agent, knowledgeBaseId);
  cloud.clock.advance(300);
  const gone = await failureOf(statusOf(cloud.agent, knowledgeBaseId));
  const { knowledgeBase: again } = await cloud.createKnowledgeBase('agent-1');
  expect({ created: knowledgeBase?.status, tags, active, taken, deleting, gone, again: again?.status }).toEqual({
    created: 'CREATING',
    tags: { userId: 'user-1' },
    active: 'ACTIVE',
    taken: { name: 'ConflictException', status: 409 },
    deleting: 'DELETING',
    gone: { name: 'ResourceNotFoundException', status: 404 },
    again: 'CREATING',
  });
});

test('the same client token makes one knowledge base; a reused token with another request conflicts', async () => {
  cloud = await startKnowledgeCloud({});
  const clientToken = 'token-of-more-than-thirty-three-characters';
  const first = await cloud.createKnowledgeBase('agent-1', { clientToken });
  const second = await cloud.createKnowledgeBase('agent-1', { clientToken });
  const other = await failureOf(cloud.createKnowledgeBase('agent-2', { clientToken }));
  const { knowledgeBaseSummaries } = await cloud.agent.send(new ListKnowledgeBasesCommand({}));
  expect({
    same: first.knowledgeBase?.knowledgeBaseId === second.knowledgeBase?.knowledgeBaseId,
    other: other.name,
    names: knowledgeBaseSummaries?.map(({ name }) => name),
  }).toEqual({ same: true, other: 'ConflictException', names: ['agent-1'] });
});

test('beyond the quota of the account no knowledge base is made', async () => {
  cloud = await startKnowledgeCloud({}, { knowledgeBases: 1 });
  await cloud.createKnowledgeBase('agent-1');
  expect(await failureOf(cloud.createKnowledgeBase('agent-2'))).toEqual({
    name: 'ServiceQuotaExceededException',
    status: 402,
  });
});

test('an index that is absent or has the wrong dimension is refused', async () => {
  cloud = await startKnowledgeCloud({});
  await cloud.createIndex('narrow', 256);
  const over = (index: string) => ({
    storageConfiguration: {
      type: 'S3_VECTORS',
      s3VectorsConfiguration: { indexArn: `arn:aws:s3vectors:us-east-1:111122223333:bucket/passages/index/${index}` },
    },
  });
  expect([
    await failureOf(cloud.createKnowledgeBase('agent-1', over('absent'))),
    await failureOf(cloud.createKnowledgeBase('agent-1', over('narrow'))),
  ]).toEqual(Array.from({ length: 2 }, () => ({ name: 'ValidationException', status: 400 })));
});

test('an ingestion job indexes what is below the prefix and tells of files it cannot read', async () => {
  cloud = await startKnowledgeCloud({
    ...FILES,
    'files/user-1/agent-1/returns.md.metadata.json': JSON.stringify({ metadataAttributes: { userId: 'user-1' } }),
    'files/user-1/agent-1/program.exe': 'MZ',
    'files/user-1/agent-1/broken.pdf': 'not a PDF',
    'files/user-1/agent-1/odd.md': 'Odd.',
    'files/user-1/agent-1/odd.md.metadata.json': '{',
  });
  const source = await cloud.knowledge();
  const job = await cloud.ingest(source);
  const { documentDetails } = await cloud.agent.send(new ListKnowledgeBaseDocumentsCommand(source));
  expect({
    status: job?.status,
    statistics: job?.statistics,
    failureReasons: job?.failureReasons?.length,
    documents: documentDetails?.map(({ identifier, status }) => [identifier?.s3?.uri?.split('agent-1/')[1], status]),
    reasons: documentDetails?.flatMap(({ statusReason }) => statusReason ?? []),
  }).toEqual({
    status: 'COMPLETE',
    statistics: {
      numberOfDocumentsScanned: 5,
      numberOfMetadataDocumentsScanned: 2,
      numberOfNewDocumentsIndexed: 2,
      numberOfModifiedDocumentsIndexed: 0,
      numberOfMetadataDocumentsModified: 0,
      numberOfDocumentsDeleted: 0,
      numberOfDocumentsFailed: 3,
      numberOfDocumentsSkipped: 0,
    },
    failureReasons: 3,
    documents: [
      ['broken.pdf', 'FAILED'],
      ['care/wash.txt', 'INDEXED'],
      ['odd.md', 'FAILED'],
      ['program.exe', 'FAILED'],
      ['returns.md', 'INDEXED'],
    ],
    reasons: [
      expect.stringContaining("The PDF can't be opened"),
      'The metadata file is not valid JSON.',
      'File type .exe is not supported.',
    ],
  });
});

test('a second job reads only what changed and forgets what is gone', async () => {
  const files: Record<string, string> = { ...FILES };
  cloud = await startKnowledgeCloud(files);
  const source = await cloud.knowledge();
  await cloud.ingest(source);
  files['files/user-1/agent-1/returns.md'] = '# Returns\n\nYou can return a mattress within 30 nights.';
  files['files/user-1/agent-1/new.txt'] = 'New.';
  delete files['files/user-1/agent-1/care/wash.txt'];
  const job = await cloud.ingest(source);
  const { vectors } = await cloud.vectors.send(
    new ListVectorsCommand({ vectorBucketName: 'passages', indexName: 'agent-1', returnMetadata: true }),
  );
  expect({
    statistics: job?.statistics,
    texts: vectors?.map(({ metadata }) => (metadata as Record<string, string>).AMAZON_BEDROCK_TEXT),
  }).toEqual({
    statistics: {
      numberOfDocumentsScanned: 2,
      numberOfMetadataDocumentsScanned: 0,
      numberOfNewDocumentsIndexed: 1,
      numberOfModifiedDocumentsIndexed: 1,
      numberOfMetadataDocumentsModified: 0,
      numberOfDocumentsDeleted: 1,
      numberOfDocumentsFailed: 0,
      numberOfDocumentsSkipped: 0,
    },
    texts: ['New.', '# Returns\n\nYou can return a mattress within 30 nights.'],
  });
});

test('a data source has one ingestion job at a time, and none may be deleted meanwhile', async () => {
  const bucket = Promise.withResolvers<void>();
  const objectsOf = async () => {
    await bucket.promise;
    return memoryObjects(FILES);
  };
  cloud = await startKnowledgeCloud(FILES, { objectsOf });
  const source = await cloud.knowledge();
  const running = cloud.ingest(source);
  const start = new StartIngestionJobCommand(source);
  const refusals = [
    await failureOf(cloud.agent.send(start)),
    await failureOf(cloud.agent.send(new DeleteDataSourceCommand(source))),
    await failureOf(cloud.agent.send(new DeleteKnowledgeBaseCommand(source))),
  ];
  bucket.resolve();
  const finished = await running;
  expect([finished?.status, refusals]).toEqual([
    'COMPLETE',
    Array.from({ length: 3 }, () => ({ name: 'ConflictException', status: 409 })),
  ]);
});

test('a job whose role may not write the index fails and says so', async () => {
  cloud = await startKnowledgeCloud(FILES);
  const source = await cloud.knowledge();
  await new IAMClient(cloud.settings).send(new DeleteRolePolicyCommand({ RoleName: 'knowledge', PolicyName: 'all' }));
  const job = await cloud.ingest(source);
  expect([job?.status, job?.failureReasons]).toEqual([
    'FAILED',
    [expect.stringContaining('not authorized to perform')],
  ]);
});

test('documents can be deleted one by one, and a deleted data source leaves no passage behind', async () => {
  cloud = await startKnowledgeCloud(FILES);
  const source = await cloud.knowledge();
  await cloud.ingest(source);
  const documentIdentifiers = ['care/wash.txt', 'absent.md'].map((path) => ({
    dataSourceType: 'S3' as const,
    s3: { uri: `s3://files/user-1/agent-1/${path}` },
  }));
  const input = { ...source, documentIdentifiers };
  const deleted = await cloud.agent.send(new DeleteKnowledgeBaseDocumentsCommand(input));
  const found = await cloud.agent.send(new GetKnowledgeBaseDocumentsCommand(input));
  await cloud.agent.send(new DeleteDataSourceCommand(source));
  cloud.clock.advance(100);
  const { dataSourceSummaries } = await cloud.agent.send(new ListDataSourcesCommand(source));
  expect({
    deleted: deleted.documentDetails?.map(({ status }) => status),
    found: found.documentDetails?.map(({ status }) => status),
    dataSourceSummaries,
    vectors: (await cloud.services.at(-1)?.inventory?.())?.filter((arn) => arn.includes('/vector/')),
    inventory: await cloud.services[1]?.inventory?.(),
  }).toEqual({
    deleted: ['DELETING', 'NOT_FOUND'],
    found: ['NOT_FOUND', 'NOT_FOUND'],
    dataSourceSummaries: [],
    vectors: [],
    inventory: [`arn:aws:bedrock:us-east-1:111122223333:knowledge-base/${source.knowledgeBaseId}`],
  });
});

test('making a knowledge base needs the permission to pass its role', async () => {
  cloud = await startKnowledgeCloud({});
  const stranger = new BedrockAgentClient(await cloud.as(ROLE_ARN));
  expect(await failureOf(stranger.send(new ListKnowledgeBasesCommand({})))).toEqual({
    name: 'AccessDeniedException',
    status: 403,
  });
});
