import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-sns';
import { defineSchemaService } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext, type DeclaredResource } from '../../core/service.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store' | 'log'>;

interface StoredTopic {
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface StoredSubscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  readonly publishedAtMs: number;
}

/**
 * Topics of alarms. Nothing is delivered out of this machine: what is published is kept, newest 100 a topic, and the
 * operator's log says that it was.
 */
export function makeSns(context: Context): AwsService {
  const topics = context.store('sns-topics');
  const subscriptions = context.store('sns-subscriptions');
  const messages = context.store('sns-messages');
  const arnOf = (name: string) => `arn:aws:sns:${context.region}:${context.accountId}:${name}`;
  const required = (arn: string | undefined): StoredTopic =>
    topics.get<StoredTopic>(arn ?? '') ?? missing('Topic does not exist');
  const putTopic = (name: string, attributes: Readonly<Record<string, string>>): StoredTopic => {
    const topic = { arn: arnOf(name), attributes };
    topics.put(topic.arn, topic);
    return topic;
  };
  const subscribe = (subscription: Omit<StoredSubscription, 'arn'>, id: string): StoredSubscription => {
    const stored = { ...subscription, arn: `${required(subscription.topicArn).arn}:${id}` };
    subscriptions.put(stored.arn, stored);
    return stored;
  };
  const publish = (input: client.PublishCommandInput) => {
    const topic = required(input.TopicArn ?? input.TargetArn);
    const message: PublishedMessage = {
      messageId: randomUUID(),
      topicArn: topic.arn,
      ...(input.Subject === undefined ? {} : { subject: input.Subject }),
      message: input.Message ?? '',
      publishedAtMs: context.clock.now(),
    };
    const ofTopic = messages.list<PublishedMessage>(`${topic.arn}/`);
    for (const { key } of ofTopic.slice(0, Math.max(0, ofTopic.length - 99))) messages.delete(key);
    messages.put(`${topic.arn}/${String(message.publishedAtMs).padStart(15, '0')}/${message.messageId}`, message);
    context.log(`sns: a message was published to ${topic.arn}`);
    return { MessageId: message.messageId };
  };
  return {
    ...defineSchemaService({
      name: 'sns',
      signingName: 'sns',
      client,
      needs: (operation, input: { TopicArn?: string; TargetArn?: string; Name?: string; SubscriptionArn?: string }) => {
        const topicArn = input.TopicArn ?? input.TargetArn ?? input.SubscriptionArn;
        const resource = topicArn ?? (input.Name === undefined ? '*' : arnOf(input.Name));
        return [{ action: `sns:${operation}`, resource }];
      },
      operations: {
        CreateTopic: (input) => ({
          TopicArn: putTopic(input.Name ?? '', (input.Attributes ?? {}) as Record<string, string>).arn,
        }),
        DeleteTopic: ({ TopicArn = '' }) => {
          for (const { key } of subscriptions.list(`${TopicArn}:`)) subscriptions.delete(key);
          for (const { key } of messages.list(`${TopicArn}/`)) messages.delete(key);
          topics.delete(TopicArn);
          return {};
        },
        ListTopics: () => ({ Topics: topics.list().map(({ key }) => ({ TopicArn: key })) }),
        GetTopicAttributes: ({ TopicArn }) => {
          const topic = required(TopicArn);
          return { Attributes: { ...topic.attributes, TopicArn: topic.arn, Owner: context.accountId } };
        },
        Subscribe: (input) => {
          const { TopicArn = '', Protocol = '', Endpoint = '' } = input;
          const stored = subscribe({ topicArn: TopicArn, protocol: Protocol, endpoint: Endpoint }, randomUUID());
          return { SubscriptionArn: stored.arn };
        },
        Unsubscribe: ({ SubscriptionArn = '' }) => {
          subscriptions.delete(SubscriptionArn);
          return {};
        },
        ListSubscriptionsByTopic: ({ TopicArn }) => ({
          Subscriptions: subscriptions.list<StoredSubscription>(`${required(TopicArn).arn}:`).map(({ value }) => ({
            SubscriptionArn: value.arn,
            TopicArn: value.topicArn,
            Protocol: value.protocol,
            Endpoint: value.endpoint,
            Owner: context.accountId,
          })),
        }),
        Publish: publish,
        PublishBatch: ({ TopicArn, PublishBatchRequestEntries = [] }) => ({
          Successful: PublishBatchRequestEntries.map((entry) => ({
            Id: entry.Id,
            ...publish({ TopicArn, Message: entry.Message, Subject: entry.Subject }),
          })),
          Failed: [],
        }),
      },
      resources: [
        { type: 'AWS::SNS::Topic', ensure: async (resource) => ensureTopic(resource) },
        { type: 'AWS::SNS::TopicPolicy', ensure: async (resource) => ensurePolicy(resource) },
        { type: 'AWS::SNS::Subscription', ensure: async (resource) => ensureSubscription(resource) },
      ],
    }),
    inventory: async () => [...topics.list(), ...subscriptions.list(), ...messages.list()].map(({ key }) => key),
  };

  function ensureTopic({ properties, physicalName }: DeclaredResource) {
    const name = typeof properties.TopicName === 'string' ? properties.TopicName : physicalName;
    const topic = putTopic(
      name,
      typeof properties.DisplayName === 'string' ? { DisplayName: properties.DisplayName } : {},
    );
    return { ref: topic.arn, attributes: { TopicArn: topic.arn, TopicName: name } };
  }

  function ensurePolicy({ properties, physicalName }: DeclaredResource) {
    for (const arn of properties.Topics as string[]) {
      const topic = required(arn);
      topics.put(arn, {
        ...topic,
        attributes: { ...topic.attributes, Policy: JSON.stringify(properties.PolicyDocument) },
      });
    }
    return { ref: physicalName, attributes: { Id: physicalName } };
  }

  function ensureSubscription({ properties, physicalName }: DeclaredResource) {
    const { TopicArn, Protocol, Endpoint } = properties as unknown as client.SubscribeCommandInput;
    const subscription = { topicArn: TopicArn ?? '', protocol: Protocol ?? '', endpoint: Endpoint ?? '' };
    const { arn } = subscribe(subscription, physicalName);
    return { ref: arn, attributes: { Arn: arn } };
  }
}

const missing = (message: string): never => {
  throw new AwsError('NotFoundException', message, 404);
};
