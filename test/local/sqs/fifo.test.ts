import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestClock, testClock } from '../../../local/core/clock.ts';
import { makeSqs } from '../../../local/services/sqs/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

const ARN = 'arn:aws:sqs:us-east-1:111122223333';
let cloud: Embedded;
let sqs: SQSClient;
let clock: TestClock;
let QueueUrl: string;
beforeEach(async () => {
  clock = testClock(Date.now());
  cloud = await startEmbedded((context) => ({ sqs: makeSqs(context) }), { clock });
  sqs = new SQSClient({ ...cloud.aws, maxAttempts: 1 });
  await cloud.declare('AWS::SQS::Queue', 'Dead', { QueueName: 'dead.fifo', FifoQueue: true });
  const declared = {
    QueueName: 'letters.fifo',
    FifoQueue: 'true',
    VisibilityTimeout: 20,
    RedrivePolicy: { deadLetterTargetArn: `${ARN}:dead.fifo`, maxReceiveCount: 1 },
  };
  QueueUrl = (await cloud.declare('AWS::SQS::Queue', 'Letters', declared)).ref;
});
afterEach(() => cloud.stop());

const send = (group: string, body: string, id = body) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageGroupId: group, MessageDeduplicationId: id }));
const receive = async (url = QueueUrl, most = 10) =>
  (
    await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: most,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    )
  ).Messages ?? [];
const bodies = async (url?: string, most?: number) => (await receive(url, most)).map(({ Body }) => Body);

test('a group is received in order, and not at all while one of its messages is in flight', async () => {
  for (const body of ['a1', 'a2', 'b1', 'a3']) await send(body.charAt(0), body);
  const [first] = await receive(QueueUrl, 1);
  const others = await bodies();
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  expect({ first: [first?.Body, first?.Attributes], others, next: await bodies() }).toEqual({
    first: ['a1', { MessageGroupId: 'a' }],
    others: ['b1'],
    next: ['a2', 'a3'],
  });
});

test('received messages are put off together, and their groups with them; what cannot be is told apart', async () => {
  for (const body of ['a1', 'a2', 'b1', 'c1']) await send(body.charAt(0), body);
  const received = await receive();
  const handleOf = (body: string) => received.find(({ Body }) => Body === body)?.ReceiptHandle;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handleOf('c1') }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handleOf('a2') }));
  const Entries = [
    { Id: 'a1', ReceiptHandle: handleOf('a1'), VisibilityTimeout: 90 },
    { Id: 'b1', ReceiptHandle: handleOf('b1'), VisibilityTimeout: 43_201 },
  ];
  await send('a', 'a3');
  const { Successful, Failed } = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  await clock.advance(89_000);
  const [meanwhile, dead] = [await bodies(), await bodies(`${cloud.aws.endpoint}/111122223333/dead.fifo`)];
  await clock.advance(1000);
  expect({
    Successful,
    failed: Failed?.map(({ Id, Code }) => [Id, Code]),
    meanwhile,
    dead,
    later: await bodies(),
  }).toEqual({
    Successful: [{ Id: 'a1' }],
    failed: [['b1', 'InvalidParameterValueException']],
    meanwhile: [],
    dead: ['b1'],
    later: ['a3'],
  });
});

test('the same message within five minutes is the same message, even after it was deleted', async () => {
  const first = await send('a', 'hello', 'id-1');
  const [received] = await receive();
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: received?.ReceiptHandle }));
  const second = await send('a', 'hello', 'id-1');
  const within = await bodies();
  await clock.advance(300_000);
  const third = await send('a', 'hello', 'id-1');
  expect({
    repeated: [second.MessageId, second.SequenceNumber],
    within,
    isNew: third.MessageId !== first.MessageId,
    later: await bodies(),
  }).toEqual({ repeated: [first.MessageId, first.SequenceNumber], within: [], isNew: true, later: ['hello'] });
});

test('a dead letter keeps its group and goes back where it came from', async () => {
  await send('a', 'poison');
  await receive();
  await clock.advance(20_000);
  await receive();
  const dead = `${cloud.aws.endpoint}/111122223333/dead.fifo`;
  const lying = (await receive(dead)).map(({ Body, Attributes }) => [Body, Attributes]);
  await clock.advance(30_000);
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: `${ARN}:dead.fifo` }));
  const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: `${ARN}:dead.fifo` }));
  expect({
    lying,
    moved: Results?.[0]?.ApproximateNumberOfMessagesMoved,
    back: await bodies(),
    left: await bodies(dead),
  }).toEqual({
    lying: [['poison', { MessageGroupId: 'a' }]],
    moved: 1,
    back: ['poison'],
    left: [],
  });
  await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: `${ARN}:letters.fifo` }))).rejects.toThrow(
    'Source queue must be configured as a Dead Letter Queue.',
  );
});

test('a receipt handle that has expired deletes nothing', async () => {
  await send('a', 'hello');
  const [received] = await receive();
  await clock.advance(20_000);
  await expect(
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: received?.ReceiptHandle })),
  ).rejects.toThrow('The receipt handle has expired.');
});

test('what a FIFO queue does not take is refused as SQS does, entries of a batch one by one', async () => {
  await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toThrow(
    'The request must contain the parameter MessageGroupId.',
  );
  await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageGroupId: 'a' }))).rejects.toThrow(
    'The queue should either have ContentBasedDeduplication enabled',
  );
  const { Successful, Failed } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: '1', MessageBody: 'fine', MessageGroupId: 'a', MessageDeduplicationId: '1' },
        { Id: '2', MessageBody: 'x', MessageGroupId: 'a b', MessageDeduplicationId: '2' },
      ],
    }),
  );
  expect({ taken: Successful?.map(({ Id }) => Id), refused: Failed?.map(({ Id, Code }) => [Id, Code]) }).toEqual({
    taken: ['1'],
    refused: [['2', 'InvalidParameterValueException']],
  });
  await expect(cloud.declare('AWS::SQS::Queue', 'Plain', { QueueName: 'plain', FifoQueue: true })).rejects.toThrow(
    'must end with .fifo suffix',
  );
  await expect(
    cloud.declare('AWS::SQS::Queue', 'Mixed', {
      QueueName: 'mixed',
      RedrivePolicy: { deadLetterTargetArn: `${ARN}:dead.fifo`, maxReceiveCount: 1 },
    }),
  ).rejects.toThrow('Dead-letter queue must be same type of queue as the source.');
});
