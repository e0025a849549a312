import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedSns, makeSns } from '../../../local/services/sns/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

let cloud: Embedded;
let service: EmbeddedSns;
let delivered: unknown[];
beforeEach(async () => {
  delivered = [];
  cloud = await startEmbedded((context) => {
    service = makeSns(context, {
      lambda: {
        invokeLater: (...[to, event, caller]) => void delivered.push({ to, event: JSON.parse(event), caller }),
      },
      queues: { sendMessage: async (to, body) => void delivered.push({ to, body }) },
    });
    return { sns: service };
  });
});
afterEach(() => cloud.stop());

describe('the embedded SNS', () => {
  it('keeps topics, subscriptions and what was published', async () => {
    const sns = new SNSClient({ ...cloud.aws, maxAttempts: 1 });
    const { ref: TopicArn } = await cloud.declare('AWS::SNS::Topic', 'Alarms', { TopicName: 'alarms' });
    await cloud.declare('AWS::SNS::TopicPolicy', 'Policy', { Topics: [TopicArn], PolicyDocument: {} });
    await cloud.declare('AWS::SNS::Subscription', 'Mail', { TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' });
    const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Message: 'Something <is> wrong & so on' }));
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect({ TopicArn, to: Subscriptions?.map(({ Endpoint }) => Endpoint) }).toEqual({
      TopicArn: 'arn:aws:sns:us-east-1:111122223333:alarms',
      to: ['ops@example.com'],
    });
    expect(await cloud.services.sns?.inventory?.()).toEqual([
      TopicArn,
      `${TopicArn}:Test-Mail`,
      expect.stringContaining(MessageId ?? 'no id'),
    ]);
  });

  it('refuses a topic that does not exist', async () => {
    const sns = new SNSClient({ ...cloud.aws, maxAttempts: 1 });
    const TopicArn = 'arn:aws:sns:us-east-1:111122223333:nowhere';
    await expect(sns.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('delivers to functions and queues what their filters let through', async () => {
    const sns = new SNSClient({ ...cloud.aws, maxAttempts: 1 });
    const { ref: TopicArn } = await cloud.declare('AWS::SNS::Topic', 'Chats', { TopicName: 'chats' });
    const [fn, queue, deaf] = ['arn:fn', 'arn:queue', 'arn:deaf'];
    await cloud.declare('AWS::SNS::Subscription', 'F', { TopicArn, Protocol: 'lambda', Endpoint: fn });
    const raw = { TopicArn, Protocol: 'sqs', Endpoint: queue, RawMessageDelivery: true };
    await cloud.declare('AWS::SNS::Subscription', 'Q', { ...raw, FilterPolicy: { role: ['AGENT'] } });
    await cloud.declare('AWS::SNS::Subscription', 'D', {
      ...raw,
      Endpoint: deaf,
      FilterPolicy: { role: ['CUSTOMER'] },
    });
    const role = { DataType: 'String', StringValue: 'AGENT' };
    await sns.send(new PublishCommand({ TopicArn, Message: 'hello', MessageAttributes: { role } }));
    expect(delivered).toEqual([
      {
        to: fn,
        caller: { service: 'sns.amazonaws.com', sourceArn: TopicArn },
        event: {
          Records: [
            {
              EventSource: 'aws:sns',
              EventVersion: '1.0',
              EventSubscriptionArn: `${TopicArn}:Test-F`,
              Sns: expect.objectContaining({
                Type: 'Notification',
                TopicArn,
                Message: 'hello',
                Subject: null,
                MessageAttributes: { role: { Type: 'String', Value: 'AGENT' } },
              }),
            },
          ],
        },
      },
      { to: queue, body: 'hello' },
    ]);
  });

  it('lets a service publish that the policy of the topic names', async () => {
    const { ref: TopicArn } = await cloud.declare('AWS::SNS::Topic', 'Chats', { TopicName: 'chats' });
    const instance = 'arn:aws:connect:us-east-1:111122223333:instance/1';
    const Statement = [
      {
        Effect: 'Allow',
        Principal: { Service: 'connect.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: TopicArn,
        Condition: { ArnLike: { 'aws:SourceArn': instance } },
      },
    ];
    const before = service.admits(TopicArn, { service: 'connect.amazonaws.com', sourceArn: instance });
    await cloud.declare('AWS::SNS::TopicPolicy', 'Policy', { Topics: [TopicArn], PolicyDocument: { Statement } });
    expect({
      before,
      named: service.admits(TopicArn, { service: 'connect.amazonaws.com', sourceArn: instance }),
      foreign: service.admits(TopicArn, { service: 'connect.amazonaws.com', sourceArn: `${instance}2` }),
      other: service.admits(TopicArn, { service: 'events.amazonaws.com', sourceArn: instance }),
    }).toEqual({ before: false, named: true, foreign: false, other: false });
  });
});
