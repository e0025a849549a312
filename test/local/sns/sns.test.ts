import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSns } from '../../../local/services/sns/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

let cloud: Embedded;
beforeEach(async () => {
  cloud = await startEmbedded((context) => ({ sns: makeSns(context) }));
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
});
