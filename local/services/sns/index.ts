import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-sns';
import { evaluate } from '../../core/policy.ts';
import { defineSchemaService } from '../../core/schema-service.ts';
import {
  AwsError,
  type AwsService,
  type CloudContext,
  type DeclaredResource,
  type JsonObject,
  type KeyValueStore,
  type ResourceProvider,
  type ServiceCaller,
} from '../../core/service.ts';
import {
  type MessageAttribute,
  makeDelivery,
  type PublishedMessage,
  type StoredSubscription,
  type SubscriptionTargets,
} from './delivery.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store' | 'log'>;

interface StoredTopic {
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The embedded SNS, for services that publish on their own behalf. */
export interface EmbeddedSns extends AwsService {
  /** Whether the topic exists and its policy lets the service publish for `sourceArn`. */
  readonly admits: (topicArn: string, caller: ServiceCaller) => boolean;
  /** Publishes as a service does. Throws `NotFoundException` and `AuthorizationErrorException`. */
  readonly publishAs: (
    caller: ServiceCaller,
    message: Pick<PublishedMessage, 'topicArn' | 'message' | 'attributes'>,
  ) => Promise<void>;
}

/**
 * Topics. What is published reaches subscribed functions and queues; nothing is delivered out of this machine (mail).
 * The newest 100 messages of a topic are kept, and the operator's log says that there was one.
 */
export function makeSns(context: Context, targets: SubscriptionTargets = {}): EmbeddedSns {
  const deliver = makeDelivery(context, targets);
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
  const publish = async (input: PublishInput) => {
    const topic = required(input.TopicArn ?? input.TargetArn);
    const message: PublishedMessage = {
      messageId: randomUUID(),
      topicArn: topic.arn,
      ...(input.Subject === undefined ? {} : { subject: input.Subject }),
      message: input.Message ?? '',
      ...(input.attributes === undefined ? {} : { attributes: input.attributes }),
      publishedAtMs: context.clock.now(),
    };
    const ofTopic = messages.list<PublishedMessage>(`${topic.arn}/`);
    for (const { key } of ofTopic.slice(0, Math.max(0, ofTopic.length - 99))) messages.delete(key);
    messages.put(`${topic.arn}/${String(message.publishedAtMs).padStart(15, '0')}/${message.messageId}`, message);
    context.log(`sns: a message was published to ${topic.arn}`);
    await Promise.all(subscriptionsOf(topic.arn).map((subscription) => deliver(subscription, message)));
    return { MessageId: message.messageId };
  };
  const subscriptionsOf = (topicArn: string) =>
    subscriptions.list<StoredSubscription>(`${topicArn}:`).map(({ value }) => value);
  const admits: EmbeddedSns['admits'] = (topicArn, caller) => {
    const topic = topics.get<StoredTopic>(topicArn);
    return topic !== undefined && letsIn(topic, caller, context.accountId);
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
          const attributes = (input.Attributes ?? {}) as Record<string, string>;
          const stored = subscribe(
            { topicArn: TopicArn, protocol: Protocol, endpoint: Endpoint, attributes },
            randomUUID(),
          );
          return { SubscriptionArn: stored.arn };
        },
        Unsubscribe: ({ SubscriptionArn = '' }) => {
          subscriptions.delete(SubscriptionArn);
          return {};
        },
        ListSubscriptionsByTopic: ({ TopicArn }) => ({
          Subscriptions: subscriptionsOf(required(TopicArn).arn).map((value) => ({
            SubscriptionArn: value.arn,
            TopicArn: value.topicArn,
            Protocol: value.protocol,
            Endpoint: value.endpoint,
            Owner: context.accountId,
          })),
        }),
        Publish: (input) => publish({ ...input, ...attributesIn(input.MessageAttributes) }),
        PublishBatch: async ({ TopicArn, PublishBatchRequestEntries = [] }) => ({
          Successful: await Promise.all(
            PublishBatchRequestEntries.map(async ({ Id, Message, Subject, MessageAttributes }) => ({
              Id,
              ...(await publish({ TopicArn, Message, Subject, ...attributesIn(MessageAttributes) })),
            })),
          ),
          Failed: [],
        }),
      },
      resources: topicProviders({ topics, required, putTopic, subscribe }),
    }),
    admits,
    publishAs: async (caller, { topicArn, message, attributes }) => {
      required(topicArn);
      if (!admits(topicArn, caller)) {
        const refusal = `${caller.service} is not authorized to perform: SNS:Publish on resource: ${topicArn}`;
        throw new AwsError('AuthorizationErrorException', refusal, 403);
      }
      await publish({ TopicArn: topicArn, Message: message, ...(attributes === undefined ? {} : { attributes }) });
    },
    inventory: async () => [...topics.list(), ...subscriptions.list(), ...messages.list()].map(({ key }) => key),
  };
}

const missing = (message: string): never => {
  throw new AwsError('NotFoundException', message, 404);
};

interface PublishInput extends Pick<client.PublishCommandInput, 'TopicArn' | 'TargetArn' | 'Message' | 'Subject'> {
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function attributesIn(
  given: Record<string, client.MessageAttributeValue> | undefined,
): Pick<PublishInput, 'attributes'> {
  if (given === undefined) return {};
  const entries = Object.entries(given).map(([name, { DataType = 'String', StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64') },
  ]);
  return { attributes: Object.fromEntries(entries) as Record<string, MessageAttribute> };
}

/** By the statements of the topic's policy that name the service. */
function letsIn({ arn, attributes }: StoredTopic, { service, sourceArn }: ServiceCaller, accountId: string): boolean {
  const { Statement = [] } = JSON.parse(attributes.Policy ?? '{}') as { Statement?: JsonObject[] };
  const forService = [Statement].flat().filter(({ Principal }) => {
    const named = typeof Principal === 'string' ? Principal : (Principal as { Service?: string | string[] })?.Service;
    return [named].flat().some((name) => name === service || name === '*');
  });
  const conditions = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': accountId, 'aws:SecureTransport': 'true' };
  return evaluate([{ Statement: forService }], { action: 'sns:Publish', resource: arn }, conditions) === 'allowed';
}

interface TopicParts {
  readonly topics: KeyValueStore;
  readonly required: (arn: string | undefined) => StoredTopic;
  readonly putTopic: (name: string, attributes: Readonly<Record<string, string>>) => StoredTopic;
  readonly subscribe: (subscription: Omit<StoredSubscription, 'arn'>, id: string) => StoredSubscription;
}

/** Topics, their policies and subscriptions of the template. */
function topicProviders({ topics, required, putTopic, subscribe }: TopicParts): ResourceProvider[] {
  const ensureTopic = ({ properties, physicalName }: DeclaredResource) => {
    const name = typeof properties.TopicName === 'string' ? properties.TopicName : physicalName;
    const topic = putTopic(
      name,
      typeof properties.DisplayName === 'string' ? { DisplayName: properties.DisplayName } : {},
    );
    return { ref: topic.arn, attributes: { TopicArn: topic.arn, TopicName: name } };
  };

  const ensurePolicy = ({ properties, physicalName }: DeclaredResource) => {
    for (const arn of properties.Topics as string[]) {
      const topic = required(arn);
      topics.put(arn, {
        ...topic,
        attributes: { ...topic.attributes, Policy: JSON.stringify(properties.PolicyDocument) },
      });
    }
    return { ref: physicalName, attributes: { Id: physicalName } };
  };

  const ensureSubscription = ({ properties, physicalName }: DeclaredResource) => {
    const { TopicArn, Protocol, Endpoint } = properties as unknown as client.SubscribeCommandInput;
    const attributes = Object.fromEntries(
      ['RawMessageDelivery', 'FilterPolicy', 'FilterPolicyScope']
        .filter((name) => properties[name] !== undefined)
        .map((name) => [name, asText(properties[name])]),
    );
    const subscription = { topicArn: TopicArn ?? '', protocol: Protocol ?? '', endpoint: Endpoint ?? '', attributes };
    const { arn } = subscribe(subscription, physicalName);
    return { ref: arn, attributes: { Arn: arn } };
  };
  return [
    { type: 'AWS::SNS::Topic', ensure: async (resource) => ensureTopic(resource) },
    { type: 'AWS::SNS::TopicPolicy', ensure: async (resource) => ensurePolicy(resource) },
    { type: 'AWS::SNS::Subscription', ensure: async (resource) => ensureSubscription(resource) },
  ];
}
