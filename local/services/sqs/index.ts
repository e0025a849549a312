import { createHash, randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-sqs';
import { defineSchemaService } from '../../core/schema-service.ts';
import {
  AwsError,
  type AwsService,
  type CloudContext,
  type DeclaredResource,
  type JsonObject,
} from '../../core/service.ts';
import { makeQueueStore, type QueuedMessage, type StoredQueue } from './queue-store.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store' | 'endpointUrl'>;

/** Standard queues: visibility timeout, redrive after too many receives, retention. Long polls answer at once. */
export function makeSqs(context: Context): AwsService {
  const queues = makeQueueStore(context);
  const arnOf = (name: string) => `arn:aws:sqs:${context.region}:${context.accountId}:${name}`;
  const urlOf = (name: string) => `${context.endpointUrl()}/${context.accountId}/${name}`;
  const nameOf = (url: string | undefined) => (url ?? '').split('/').at(-1) ?? '';
  const required = (url: string | undefined): StoredQueue => queues.find(nameOf(url)) ?? missing();
  const sendTo = (url: string | undefined, message: SentMessage) => {
    const queue = required(url);
    const stored = queues.add(queue, {
      body: message.MessageBody ?? '',
      attributes: (message.MessageAttributes ?? {}) as QueuedMessage['attributes'],
      delayMs: (message.DelaySeconds ?? 0) * 1000,
    });
    return { MessageId: stored.messageId, MD5OfMessageBody: md5(stored.body) };
  };
  return {
    ...defineSchemaService({
      name: 'sqs',
      signingName: 'sqs',
      targetPrefix: 'AmazonSQS',
      client,
      needs: (operation, input: { QueueUrl?: string; QueueName?: string }) => [
        {
          action: `sqs:${operation.replace(/Batch$/, '')}`,
          resource: operation === 'ListQueues' ? '*' : arnOf(input.QueueName ?? nameOf(input.QueueUrl)),
        },
      ],
      operations: {
        CreateQueue: ({ QueueName = '', Attributes = {} }) => {
          queues.put({
            name: QueueName,
            attributes: Attributes as Record<string, string>,
            createdAtMs: context.clock.now(),
          });
          return { QueueUrl: urlOf(QueueName) };
        },
        DeleteQueue: ({ QueueUrl }) => {
          queues.remove(required(QueueUrl).name);
          return {};
        },
        GetQueueUrl: ({ QueueName }) => ({ QueueUrl: urlOf(required(QueueName).name) }),
        ListQueues: ({ QueueNamePrefix = '' }) => ({
          QueueUrls: queues
            .all()
            .filter(({ name }) => name.startsWith(QueueNamePrefix))
            .map(({ name }) => urlOf(name)),
        }),
        GetQueueAttributes: ({ QueueUrl }) => {
          const queue = required(QueueUrl);
          return { Attributes: { ...queue.attributes, QueueArn: arnOf(queue.name), ...queues.depth(queue) } };
        },
        SetQueueAttributes: ({ QueueUrl, Attributes = {} }) => {
          const queue = required(QueueUrl);
          queues.put({ ...queue, attributes: { ...queue.attributes, ...(Attributes as Record<string, string>) } });
          return {};
        },
        SendMessage: (input) => sendTo(input.QueueUrl, input),
        SendMessageBatch: ({ QueueUrl, Entries = [] }) => ({
          Successful: Entries.map((entry) => ({ Id: entry.Id, ...sendTo(QueueUrl, entry) })),
          Failed: [],
        }),
        ReceiveMessage: ({ QueueUrl, MaxNumberOfMessages = 1, VisibilityTimeout }) => {
          const received = queues.receive(required(QueueUrl), MaxNumberOfMessages, VisibilityTimeout);
          return received.length === 0 ? {} : { Messages: received.map(asReceived) };
        },
        DeleteMessage: ({ QueueUrl, ReceiptHandle }) => {
          queues.delete(required(QueueUrl), ReceiptHandle ?? '');
          return {};
        },
        DeleteMessageBatch: ({ QueueUrl, Entries = [] }) => {
          for (const entry of Entries) queues.delete(required(QueueUrl), entry.ReceiptHandle ?? '');
          return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
        },
        ChangeMessageVisibility: ({ QueueUrl, ReceiptHandle, VisibilityTimeout = 0 }) => {
          queues.hide(required(QueueUrl), ReceiptHandle ?? '', VisibilityTimeout * 1000);
          return {};
        },
        PurgeQueue: ({ QueueUrl }) => {
          queues.purge(required(QueueUrl));
          return {};
        },
      },
      resources: [
        { type: 'AWS::SQS::Queue', ensure: async (resource) => ensureQueue(resource) },
        {
          type: 'AWS::SQS::QueuePolicy',
          ensure: async ({ properties, physicalName }) => {
            for (const url of properties.Queues as string[]) {
              const queue = required(url);
              queues.put({
                ...queue,
                attributes: { ...queue.attributes, Policy: JSON.stringify(properties.PolicyDocument) },
              });
            }
            return { ref: physicalName, attributes: { Id: physicalName } };
          },
        },
      ],
    }),
    inventory: async () => queues.inventory(arnOf),
  };

  function ensureQueue({ properties, physicalName }: DeclaredResource) {
    const name = typeof properties.QueueName === 'string' ? properties.QueueName : physicalName.slice(0, 80);
    const known = queues.find(name);
    queues.put({
      name,
      attributes: declaredAttributes(properties),
      createdAtMs: known?.createdAtMs ?? context.clock.now(),
    });
    return { ref: urlOf(name), attributes: { Arn: arnOf(name), QueueName: name, QueueUrl: urlOf(name) } };
  }
}

interface SentMessage {
  readonly MessageBody?: string | undefined;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: object | undefined;
}

const missing = (): never => {
  throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', 400);
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const asReceived = (message: QueuedMessage): client.Message => ({
  MessageId: message.messageId,
  ReceiptHandle: message.receiptHandle ?? randomUUID(),
  Body: message.body,
  MD5OfBody: md5(message.body),
  Attributes: {
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receiveCount),
  },
  ...(Object.keys(message.attributes).length > 0 ? { MessageAttributes: message.attributes } : {}),
});

/** CloudFormation's properties under the names and in the form of `GetQueueAttributes`. */
function declaredAttributes(properties: JsonObject): Record<string, string> {
  const names = [
    'VisibilityTimeout',
    'MessageRetentionPeriod',
    'DelaySeconds',
    'MaximumMessageSize',
    'RedrivePolicy',
    'SqsManagedSseEnabled',
  ];
  return Object.fromEntries(
    names
      .filter((name) => properties[name] !== undefined)
      .map((name) => {
        const value = properties[name];
        return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
      }),
  );
}
