import type { CloudContext, Json, JsonObject, LambdaService } from '../../core/service.ts';
import { matchesPattern } from '../events/pattern.ts';

export interface StoredSubscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** `RawMessageDelivery`, `FilterPolicy` (JSON text), `FilterPolicyScope`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A message attribute in SNS's own words: `String`, `Number`, `String.Array` or `Binary` (base64). */
export interface MessageAttribute {
  readonly Type: string;
  readonly Value: string;
}

export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  readonly publishedAtMs: number;
}

/** Where subscriptions lead; what is not given is not delivered. */
export interface SubscriptionTargets {
  readonly lambda?: Pick<LambdaService, 'invokeLater'>;
  readonly queues?: { readonly sendMessage: (queueArn: string, body: string) => Promise<void> };
}

/** Brings a message to the functions and queues that want it; other protocols lead out of this machine and end here. */
export const makeDelivery =
  (context: Pick<CloudContext, 'log'>, { lambda, queues }: SubscriptionTargets) =>
  async (subscription: StoredSubscription, message: PublishedMessage): Promise<void> => {
    if (!isWanted(subscription, message)) return;
    const { protocol, endpoint, topicArn } = subscription;
    try {
      if (protocol === 'lambda') {
        const event = JSON.stringify({ Records: [recordOf(subscription, message)] });
        lambda?.invokeLater(endpoint, event, { service: 'sns.amazonaws.com', sourceArn: topicArn });
      }
      if (protocol === 'sqs') await queues?.sendMessage(endpoint, queueBody(subscription, message));
    } catch (error) {
      // The publisher of a topic never hears of a subscriber that could not be reached.
      context.log(`sns: ${endpoint} was not reached: ${error instanceof Error ? error.name : 'unknown'}`);
    }
  };

function isWanted({ attributes = {} }: StoredSubscription, message: PublishedMessage): boolean {
  if (attributes.FilterPolicy === undefined) return true;
  const policy = JSON.parse(attributes.FilterPolicy) as JsonObject;
  const subject = attributes.FilterPolicyScope === 'MessageBody' ? bodyOf(message) : attributesOf(message);
  return subject !== undefined && matchesPattern(policy, subject);
}

function bodyOf({ message }: PublishedMessage): Json | undefined {
  try {
    return JSON.parse(message) as Json;
  } catch {
    return undefined;
  }
}

const attributesOf = ({ attributes = {} }: PublishedMessage): JsonObject =>
  Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, attributeValue(attribute)]));

function attributeValue({ Type, Value }: MessageAttribute): Json {
  if (Type.startsWith('Number')) return Number(Value);
  return Type === 'String.Array' ? (JSON.parse(Value) as Json) : Value;
}

const SIGNING_HOST = 'https://sns.us-east-1.amazonaws.com';

const notification = ({ arn }: StoredSubscription, message: PublishedMessage) => ({
  Type: 'Notification',
  MessageId: message.messageId,
  TopicArn: message.topicArn,
  Message: message.message,
  Timestamp: new Date(message.publishedAtMs).toISOString(),
  SignatureVersion: '1',
  // Nobody outside this machine could check one.
  Signature: 'EXAMPLE',
  MessageAttributes: message.attributes ?? {},
  unsubscribe: `${SIGNING_HOST}/?Action=Unsubscribe&SubscriptionArn=${arn}`,
  certificate: `${SIGNING_HOST}/SimpleNotificationService.pem`,
});

/** The record that a function gets (Lambda developer guide, "Using AWS Lambda with Amazon SNS"). */
function recordOf(subscription: StoredSubscription, message: PublishedMessage) {
  const { unsubscribe, certificate, ...sent } = notification(subscription, message);
  return {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: subscription.arn,
    Sns: { ...sent, Subject: message.subject ?? null, SigningCertUrl: certificate, UnsubscribeUrl: unsubscribe },
  };
}

function queueBody(subscription: StoredSubscription, message: PublishedMessage): string {
  if (subscription.attributes?.RawMessageDelivery === 'true') return message.message;
  const { unsubscribe, certificate, MessageAttributes, ...sent } = notification(subscription, message);
  return JSON.stringify({
    ...sent,
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    SigningCertURL: certificate,
    UnsubscribeURL: unsubscribe,
    ...(message.attributes === undefined ? {} : { MessageAttributes }),
  });
}
