import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testClock } from '../../../local/core/clock.ts';
import { makeSqs } from '../../../local/services/sqs/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

let cloud: Embedded;
let sqs: SQSClient;
let clock: ReturnType<typeof testClock>;
beforeEach(async () => {
  clock = testClock(Date.now());
  cloud = await startEmbedded((context) => ({ sqs: makeSqs(context) }), { clock });
  sqs = new SQSClient({ ...cloud.aws, maxAttempts: 1 });
});
afterEach(() => cloud.stop());

const queue = async (name: string, properties = {}) =>
  (await cloud.declare('AWS::SQS::Queue', name, { QueueName: name, ...properties })).ref;
const receive = async (QueueUrl: string) =>
  (
    await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    )
  ).Messages ?? [];

describe('the embedded SQS', () => {
  it('hides a received message until its visibility timeout, and forgets a deleted one', async () => {
    const QueueUrl = await queue('letters', { VisibilityTimeout: 20 });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const [first] = await receive(QueueUrl);
    const hidden = await receive(QueueUrl);
    await clock.advance(20_000);
    const [second] = await receive(QueueUrl);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle }));
    await clock.advance(20_000);
    expect({
      first: first?.Body,
      hidden,
      second: second?.Attributes?.ApproximateReceiveCount,
      left: await receive(QueueUrl),
    }).toEqual({
      first: 'hello',
      hidden: [],
      second: '2',
      left: [],
    });
  });

  it('moves a message that is received too often to the dead-letter queue', async () => {
    const dead = await queue('dead-letters');
    const QueueUrl = await queue('letters', {
      VisibilityTimeout: 1,
      RedrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:111122223333:dead-letters', maxReceiveCount: 1 },
    });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    await receive(QueueUrl);
    await clock.advance(1000);
    expect([await receive(QueueUrl), (await receive(dead)).map(({ Body }) => Body)]).toEqual([[], ['poison']]);
  });

  it('shows its depth, its address and its policy', async () => {
    const QueueUrl = await queue('letters');
    await cloud.declare('AWS::SQS::QueuePolicy', 'Policy', { Queues: [QueueUrl], PolicyDocument: { Statement: [] } });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: 'letters' }));
    expect({ Attributes, url: found.QueueUrl }).toEqual({
      Attributes: {
        ApproximateNumberOfMessages: '1',
        ApproximateNumberOfMessagesDelayed: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
        Policy: '{"Statement":[]}',
        QueueArn: 'arn:aws:sqs:us-east-1:111122223333:letters',
      },
      url: `${cloud.aws.endpoint}/111122223333/letters`,
    });
  });

  it('refuses a queue that does not exist', async () => {
    const url = `${cloud.aws.endpoint}/111122223333/nowhere`;
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }))).rejects.toMatchObject({
      name: expect.stringMatching(/QueueDoesNotExist/),
    });
  });
});
