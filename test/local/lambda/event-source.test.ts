import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterEach, expect, test, vi } from 'vitest';
import type { RolePolicies } from '../../../local/core/service.ts';
import { makeLambda } from '../../../local/lambda/index.ts';
import { makeSqs } from '../../../local/services/sqs/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

const ACCOUNT = 'us-east-1:111122223333';
const ROLE = 'arn:aws:iam::111122223333:role/worker';
const CODE = `
  import { appendFileSync } from 'node:fs';
  export const handler = async ({ Records }) => {
    const failed = Records.filter(({ body }) => body === 'poison');
    for (const { body, attributes } of Records) {
      appendFileSync(process.env.NOTES, body + ' of ' + attributes.MessageGroupId + ' ' + attributes.ApproximateReceiveCount + '\\n');
    }
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
`;

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

const allows =
  (...actions: string[]) =>
  (): RolePolicies => ({
    roleArn: ROLE,
    trustPolicy: {},
    identityPolicies: [
      { Statement: [{ Effect: 'Allow', Action: actions, Resource: `arn:aws:sqs:${ACCOUNT}:letters.fifo` }] },
    ],
  });
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

async function embedded(rolePolicies: () => RolePolicies) {
  const cloud = await startEmbedded(
    (context) => {
      const sqs = makeSqs(context);
      return { sqs, lambda: makeLambda(context, { queues: sqs.queues }) };
    },
    { rolePolicies },
  );
  stop = () => cloud.stop();
  const code = join(cloud.dataDir, 'asset');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), CODE);
  const notes = join(cloud.dataDir, 'notes');
  writeFileSync(notes, '');
  const declared = {
    FunctionName: 'answer',
    Code: { S3Bucket: 'assets', S3Key: 'k' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 5,
    Role: ROLE,
    Environment: { Variables: { NOTES: notes } },
  };
  await cloud.declare('AWS::Lambda::Function', 'Answer', declared, code);
  await cloud.declare('AWS::SQS::Queue', 'Dead', { QueueName: 'dead.fifo', FifoQueue: true });
  return { cloud, notes };
}

const declareQueue = (cloud: Embedded, visibilitySeconds: number) =>
  cloud.declare('AWS::SQS::Queue', 'Letters', {
    QueueName: 'letters.fifo',
    FifoQueue: true,
    VisibilityTimeout: visibilitySeconds,
    RedrivePolicy: { deadLetterTargetArn: `arn:aws:sqs:${ACCOUNT}:dead.fifo`, maxReceiveCount: 1 },
  });
const declareMapping = (cloud: Embedded, extra = {}) =>
  cloud.declare('AWS::Lambda::EventSourceMapping', 'Mapping', {
    FunctionName: 'answer',
    EventSourceArn: `arn:aws:sqs:${ACCOUNT}:letters.fifo`,
    BatchSize: 5,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...extra,
  });

test('a function works off a FIFO queue as the template declares it; its dead letters can be sent on their way again', async () => {
  const { cloud, notes } = await embedded(allows(...CONSUME));
  const { ref: QueueUrl } = await declareQueue(cloud, 5);
  const mapping = await declareMapping(cloud);
  cloud.services.lambda?.resume?.();
  const sqs = new SQSClient({ ...cloud.aws, maxAttempts: 1 });
  const send = (group: string, body: string) =>
    sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: body, MessageGroupId: group, MessageDeduplicationId: body }),
    );
  const noted = () => readFileSync(notes, 'utf8').split('\n').slice(0, -1);
  await send('a', 'one');
  await send('a', 'one');
  await send('a', 'two');
  await send('b', 'poison');
  await vi.waitFor(() => expect(noted()).toHaveLength(3), 20_000);
  const dead = `${cloud.aws.endpoint}/111122223333/dead.fifo`;
  const receive = async () => {
    const received = new ReceiveMessageCommand({ QueueUrl: dead, VisibilityTimeout: 0 });
    return ((await sqs.send(received)).Messages ?? []).map(({ Body }) => Body);
  };
  await vi.waitFor(async () => expect(await receive()).toEqual(['poison']), { timeout: 20_000, interval: 200 });
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: `arn:aws:sqs:${ACCOUNT}:dead.fifo` }));
  await vi.waitFor(() => expect(noted()).toHaveLength(4), 20_000);
  const lambda = new LambdaClient({ ...cloud.aws, maxAttempts: 1 });
  const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: 'answer' }));
  expect({ noted: noted().sort(), dead: await receive(), mappings: EventSourceMappings }).toEqual({
    noted: ['one of a 1', 'poison of b 1', 'poison of b 1', 'two of a 1'],
    dead: [],
    mappings: [
      {
        UUID: mapping.ref,
        EventSourceArn: `arn:aws:sqs:${ACCOUNT}:letters.fifo`,
        EventSourceMappingArn: `arn:aws:lambda:${ACCOUNT}:event-source-mapping:${mapping.ref}`,
        FunctionArn: `arn:aws:lambda:${ACCOUNT}:function:answer`,
        BatchSize: 5,
        MaximumBatchingWindowInSeconds: 0,
        ScalingConfig: { MaximumConcurrency: 10 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        State: 'Enabled',
      },
    ],
  });
});

test('a mapping that Lambda would refuse is refused', async () => {
  const { cloud } = await embedded(allows('sqs:ReceiveMessage'));
  await declareQueue(cloud, 4);
  await expect(declareMapping(cloud)).rejects.toThrow(
    'Queue visibility timeout: 4 seconds is less than Function timeout: 5 seconds',
  );
  await declareQueue(cloud, 30);
  await expect(declareMapping(cloud)).rejects.toThrow(
    'The function execution role does not have permissions to call DeleteMessage on SQS',
  );
  await expect(declareMapping(cloud, { BatchSize: 11 })).rejects.toThrow(
    'Batch size must be between 1 and 10 for FIFO queues',
  );
});
