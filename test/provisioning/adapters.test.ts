import {
  BedrockAgentClient,
  ConflictException,
  CreateKnowledgeBaseCommand,
  DeleteDataSourceCommand,
  DeleteKnowledgeBaseCommand,
  DeleteKnowledgeBaseDocumentsCommand,
  ListIngestionJobsCommand,
  ListKnowledgeBasesCommand,
  ServiceQuotaExceededException,
  StartIngestionJobCommand,
} from '@aws-sdk/client-bedrock-agent';
import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand } from '@aws-sdk/client-bedrock-agentcore';
import {
  BedrockAgentCoreControlClient,
  CreateAgentRuntimeCommand,
  GetAgentRuntimeCommand,
  ListAgentRuntimesCommand,
} from '@aws-sdk/client-bedrock-agentcore-control';
import { CreateRoleCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import type { BuildRequest } from '../../shared/building/building.ts';
import { agentCoreAgentCreator } from '../../shared/provisioning/agent-creator-agentcore.ts';
import { iamAgentRoles, iamRoleRemoval } from '../../shared/provisioning/agent-roles-iam.ts';
import { agentCoreRuntimes } from '../../shared/provisioning/agent-runtimes-agentcore.ts';
import { sfnExecutions } from '../../shared/provisioning/executions-sfn.ts';
import { bedrockKnowledgeEngine } from '../../shared/provisioning/knowledge-engine-bedrock.ts';
import { s3Objects } from '../../shared/provisioning/objects-s3.ts';

const meta = { message: 'no', $metadata: {} };
const base = {
  name: 'oratio-a',
  roleArn: 'arn:r',
  embeddingModelArn: 'arn:m',
  indexArn: 'arn:i',
  tags: {},
  token: 't',
};

test('a knowledge base that is there already is found by its name, page after page', async () => {
  const client = new BedrockAgentClient({ region: 'us-east-1' });
  const bedrock = mockClient(client);
  bedrock.on(CreateKnowledgeBaseCommand).rejects(new ConflictException(meta));
  const summary = { status: 'ACTIVE' as const, updatedAt: new Date(0) };
  bedrock
    .on(ListKnowledgeBasesCommand)
    .resolvesOnce({ knowledgeBaseSummaries: [{ ...summary, knowledgeBaseId: 'OTHER', name: 'other' }], nextToken: 'n' })
    .resolves({ knowledgeBaseSummaries: [{ ...summary, knowledgeBaseId: 'MINE', name: 'oratio-a' }] });
  expect(await bedrockKnowledgeEngine(client).ensureKnowledgeBase(base)).toBe('MINE');
});

test('a full account is a failure of its own', async () => {
  const client = new BedrockAgentClient({ region: 'us-east-1' });
  mockClient(client).on(CreateKnowledgeBaseCommand).rejects(new ServiceQuotaExceededException(meta));
  await expect(bedrockKnowledgeEngine(client).ensureKnowledgeBase(base)).rejects.toMatchObject({
    name: 'KnowledgeBaseQuotaExceeded',
    code: 'knowledge-base-quota-exceeded',
  });
});

test.each([
  ['ours', 'run 1', 'JOB'],
  ["somebody else's", 'run 9', undefined],
])('a job in the way that is %s is taken for what it is', async (_, description, expected) => {
  const client = new BedrockAgentClient({ region: 'us-east-1' });
  const bedrock = mockClient(client);
  bedrock.on(StartIngestionJobCommand).rejects(new ConflictException(meta));
  const times = { startedAt: new Date(0), updatedAt: new Date(0) };
  const job = { knowledgeBaseId: 'KB', dataSourceId: 'DS', ingestionJobId: 'JOB', status: 'IN_PROGRESS' as const };
  bedrock.on(ListIngestionJobsCommand).resolves({ ingestionJobSummaries: [{ ...job, ...times, description }] });
  const source = { bedrockKnowledgeBaseId: 'KB', dataSourceId: 'DS' };
  expect(await bedrockKnowledgeEngine(client).startIngestion(source, { token: 't', description: 'run 1' })).toBe(
    expected,
  );
});

test('an ingestion that may not start yet waits for its turn: an account starts one every ten seconds', async () => {
  const client = new BedrockAgentClient({ region: 'us-east-1' });
  const bedrock = mockClient(client);
  bedrock.on(StartIngestionJobCommand).rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
  bedrock.on(ListIngestionJobsCommand).resolves({ ingestionJobSummaries: [] });
  const source = { bedrockKnowledgeBaseId: 'KB', dataSourceId: 'DS' };
  const wanted = { token: 't', description: 'run 1' };
  expect(await bedrockKnowledgeEngine(client).startIngestion(source, wanted)).toBeUndefined();
});

test('what a job still reads is left standing for the next time; any other refusal is an error', async () => {
  const client = new BedrockAgentClient({ region: 'us-east-1' });
  const engine = bedrockKnowledgeEngine(client);
  const source = { bedrockKnowledgeBaseId: 'KB', dataSourceId: 'DS' };
  const ends = async (name: string) => {
    const bedrock = mockClient(client);
    const refusal = Object.assign(new Error('no'), { name });
    bedrock.on(DeleteDataSourceCommand).rejects(refusal);
    bedrock.on(DeleteKnowledgeBaseCommand).rejects(refusal);
    bedrock.on(DeleteKnowledgeBaseDocumentsCommand).rejects(refusal);
    const asked = [
      engine.deleteDataSource(source),
      engine.deleteKnowledgeBase('KB'),
      engine.deleteDocuments(source, ['s3://b/f']),
    ];
    return (await Promise.allSettled(asked)).map(({ status }) => status);
  };
  expect([await ends('ConflictException'), await ends('AccessDeniedException')]).toEqual([
    ['fulfilled', 'fulfilled', 'fulfilled'],
    ['rejected', 'rejected', 'rejected'],
  ]);
});

test('a runtime that is there already is found by its name', async () => {
  const client = new BedrockAgentCoreControlClient({ region: 'us-east-1' });
  const control = mockClient(client);
  control.on(CreateAgentRuntimeCommand).rejects(Object.assign(new Error('exists'), { name: 'ConflictException' }));
  control.on(ListAgentRuntimesCommand).resolves({
    agentRuntimes: [
      {
        agentRuntimeArn: 'arn:o_a-1',
        agentRuntimeId: 'o_a-1',
        agentRuntimeVersion: '1',
        agentRuntimeName: 'o_a',
        description: '',
        lastUpdatedAt: new Date(0),
        status: 'READY',
      },
    ],
  });
  control.on(GetAgentRuntimeCommand, { agentRuntimeId: 'o_a-1' }).resolves({
    agentRuntimeArn: 'arn:o_a-1',
    agentRuntimeId: 'o_a-1',
    agentRuntimeVersion: '1',
    status: 'READY',
    roleArn: 'arn:r',
  });
  const wanted = { code: { bucket: 'b', key: 'k' }, roleArn: 'arn:r', environment: {}, tags: {}, token: 't' };
  expect(await agentCoreRuntimes(client).ensure('o_a', wanted)).toEqual({
    agentRuntimeArn: 'arn:o_a-1',
    agentRuntimeId: 'o_a-1',
    agentRuntimeVersion: '1',
    status: 'ready',
    configuration: { code: { bucket: '', key: '' }, roleArn: 'arn:r', environment: {} },
  });
});

test('a role that AgentCore has not heard of yet is waited for; any other refusal is an error', async () => {
  const client = new BedrockAgentCoreControlClient({ region: 'us-east-1' });
  const refuse = (message: string) => Object.assign(new Error(message), { name: 'ValidationException' });
  mockClient(client)
    .on(CreateAgentRuntimeCommand)
    .rejectsOnce(refuse("Role validation failed for 'arn:r'. Please verify that the role exists"))
    .rejects(refuse('The zip is no zip.'));
  const wanted = { code: { bucket: 'b', key: 'k' }, roleArn: 'arn:r', environment: {}, tags: {}, token: 't' };
  const names = [];
  for (const _ of [1, 2]) {
    names.push(
      await agentCoreRuntimes(client)
        .ensure('o_a', wanted)
        .catch((error: Error) => error.name),
    );
  }
  expect(names).toEqual(['NotSettled', 'ValidationException']);
});

test('a role that is there already gets exactly the wanted permissions', async () => {
  const client = new IAMClient({ region: 'us-east-1' });
  const iam = mockClient(client);
  iam.on(CreateRoleCommand).rejects(Object.assign(new Error('exists'), { name: 'EntityAlreadyExistsException' }));
  const role = { Arn: 'arn:role', Path: '/', RoleName: 'r', RoleId: 'R', CreateDate: new Date(0) };
  iam.on(GetRoleCommand).resolves({ Role: role });
  iam.on(PutRolePolicyCommand).resolves({});
  const roles = iamAgentRoles({ path: '/oratio/dev/agents/', boundaryArn: 'arn:b', trust: {} }, client);
  expect(await roles.ensure({ roleName: 'r', allowances: [], tags: { userId: 'u' } })).toBe('arn:role');
  expect(iam.commandCalls(CreateRoleCommand)[0]?.args[0].input).toEqual({
    RoleName: 'r',
    Path: '/oratio/dev/agents/',
    AssumeRolePolicyDocument: '{}',
    PermissionsBoundary: 'arn:b',
    Tags: [{ Key: 'userId', Value: 'u' }],
  });
  expect(iam.commandCalls(PutRolePolicyCommand)[0]?.args[0].input.PolicyDocument).toBe(
    '{"Version":"2012-10-17","Statement":[]}',
  );
});

test('a role that is gone is not deleted again: the right to delete does not reach what has no path', async () => {
  const client = new IAMClient({ region: 'us-east-1' });
  const iam = mockClient(client);
  iam.on(GetRoleCommand).rejects(Object.assign(new Error('none'), { name: 'NoSuchEntityException' }));
  await iamRoleRemoval(client).remove('r');
  expect(iam.calls().map(({ args }) => args[0].constructor.name)).toEqual(['GetRoleCommand']);
});

test('erasing removes every version and delete marker of every page, and only below a folder', async () => {
  const client = new S3Client({ region: 'us-east-1' });
  const s3 = mockClient(client);
  s3.on(ListObjectVersionsCommand)
    .resolvesOnce({ Versions: [{ Key: 'u/a/x', VersionId: '1' }], IsTruncated: true, NextKeyMarker: 'u/a/x' })
    .resolves({ DeleteMarkers: [{ Key: 'u/a/y', VersionId: '2' }], IsTruncated: false });
  s3.on(DeleteObjectsCommand).resolves({});
  await s3Objects('b', client).erase('u/a/');
  expect(s3.commandCalls(DeleteObjectsCommand).map((call) => call.args[0].input.Delete?.Objects)).toEqual([
    [
      { Key: 'u/a/x', VersionId: '1' },
      { Key: 'u/a/y', VersionId: '2' },
    ],
  ]);
  await expect(s3Objects('b', client).erase('u/a')).rejects.toThrow(RangeError);
});

test('an AgentCreator that answers with anything but an acceptance is unavailable', async () => {
  const client = new BedrockAgentCoreClient({ region: 'us-east-1' });
  mockClient(client).on(InvokeAgentRuntimeCommand).resolves({ contentType: 'application/json' });
  const creator = agentCoreAgentCreator({ AGENT_CREATOR_RUNTIME_ARN: 'arn:creator' }, client);
  await expect(creator.startBuild({ buildId: 'b' } as BuildRequest)).rejects.toMatchObject({
    name: 'AgentCreatorUnavailable',
  });
});

test('an execution is stopped by the name its run has, and one that never began is none of our business', async () => {
  const client = new SFNClient({ region: 'us-east-1' });
  const sfn = mockClient(client);
  sfn.on(StopExecutionCommand).rejects(Object.assign(new Error('none'), { name: 'ExecutionDoesNotExist' }));
  const arn = 'arn:aws:states:us-east-1:111122223333:stateMachine:oratio-provision';
  await sfnExecutions({ PROVISION_STATE_MACHINE_ARN: arn }, client).stop('a-v1-r1', 'deleted');
  expect(sfn.commandCalls(StopExecutionCommand)[0]?.args[0].input.executionArn).toBe(
    'arn:aws:states:us-east-1:111122223333:execution:oratio-provision:a-v1-r1',
  );
});
