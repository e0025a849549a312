import * as client from '@aws-sdk/client-sqs';
import { defineSchemaService, type Handlers } from '../../core/schema-service.ts';
import {
  AwsError,
  type AwsService,
  type CloudContext,
  type DeclaredResource,
  type Need,
  type ResourceProvider,
} from '../../core/service.ts';
import { makeMoveTasks } from './move-tasks.ts';
import { checkQueue, declaredAttributes } from './queue-attributes.ts';
import { makeQueueStore } from './queue-store.ts';
import { isFifo, type QueuedMessage, type StoredQueue } from './queued-messages.ts';
import { md5, receivedMessage, sequenceNumber, systemAttributes } from './received-message.ts';
import { MOST_MESSAGE_BYTES, readMessage, type SentMessage } from './send-message.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store' | 'endpointUrl'>;

/** A message as Lambda's poller sees it. */
export interface PolledMessage {
  readonly message: QueuedMessage;
  readonly receiptHandle: string;
  readonly systemAttributes: Readonly<Record<string, string>>;
  readonly md5OfBody: string;
}

/** The queues for other services of the cloud; permissions are theirs to check. Throws `QueueDoesNotExist`. */
export interface QueueAccess {
  readonly attributesOf: (queueArn: string) => Readonly<Record<string, string>>;
  readonly send: (queueArn: string, message: SentMessage) => void;
  readonly receive: (queueArn: string, limit: number) => readonly PolledMessage[];
  readonly delete: (queueArn: string, receiptHandle: string) => void;
  /** Resolves as soon as there may be something to receive. Rejects when the signal aborts. */
  readonly untilReady: (queueArn: string, signal: AbortSignal) => Promise<void>;
}

export interface EmbeddedSqs extends AwsService {
  readonly queues: QueueAccess;
}

/**
 * Standard and FIFO queues: visibility timeout, order and exclusion within a group, deduplication, redrive after too
 * many receives and back again, retention. Long polls answer at once.
 */
export function makeSqs(context: Context): EmbeddedSqs {
  const arnOf = (name: string) => `arn:aws:sqs:${context.region}:${context.accountId}:${name}`;
  const urlOf = (name: string) => `${context.endpointUrl()}/${context.accountId}/${name}`;
  const queues = makeQueueStore(context, arnOf);
  const named = (name: string): StoredQueue => queues.find(name) ?? missing();
  const byArn = (arn: string): StoredQueue => named(arn.split(':').at(-1) ?? '');
  const parts = { context, queues, arnOf, urlOf, named };
  return {
    ...defineSchemaService({
      name: 'sqs',
      signingName: 'sqs',
      targetPrefix: 'AmazonSQS',
      client,
      needs: (operation, input) => needsOf(operation, input, arnOf),
      operations: { ...queueOperations(parts), ...messageOperations(parts) },
      resources: [queueProvider(parts), policyProvider(parts)],
    }),
    inventory: async () => queues.inventory(),
    queues: {
      attributesOf: (arn) => byArn(arn).attributes,
      send: (arn, message) => void queues.add(byArn(arn), readMessage(byArn(arn), message)),
      receive: (arn, limit) => {
        const queue = byArn(arn);
        return queues.receive(queue, limit).map((message) => ({
          message,
          receiptHandle: message.receiptHandle ?? '',
          systemAttributes: systemAttributes(message, isFifo(queue)),
          md5OfBody: md5(message.body),
        }));
      },
      delete: (arn, receiptHandle) => queues.delete(byArn(arn), receiptHandle),
      untilReady: (arn, signal) => queues.untilReady(byArn(arn), signal),
    },
  };
}

interface Parts {
  readonly context: Context;
  readonly queues: ReturnType<typeof makeQueueStore>;
  readonly arnOf: (name: string) => string;
  readonly urlOf: (name: string) => string;
  readonly named: (name: string) => StoredQueue;
}

const missing = (): never => {
  throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', 400);
};

const nameOf = (url: string | undefined): string => (url ?? '').split('/').at(-1) ?? '';

interface Addressed {
  readonly QueueUrl?: string;
  readonly QueueName?: string;
  readonly SourceArn?: string;
  readonly DestinationArn?: string;
}

function needsOf(operation: string, input: Addressed, arnOf: (name: string) => string): Need[] {
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  if (operation === 'ListQueues') return [{ action, resource: '*' }];
  if (input.SourceArn === undefined) return [{ action, resource: arnOf(input.QueueName ?? nameOf(input.QueueUrl)) }];
  const resource = input.SourceArn;
  if (operation !== 'StartMessageMoveTask') return [{ action, resource }];
  // Whoever starts a move must be allowed to do what it does (developer guide, "Configuring a dead-letter queue redrive").
  return [
    ...[action, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((one) => ({
      action: one,
      resource,
    })),
    ...(input.DestinationArn === undefined ? [] : [{ action: 'sqs:SendMessage', resource: input.DestinationArn }]),
  ];
}

function queueOperations({ context, queues, arnOf, urlOf, named }: Parts): Handlers<typeof client> {
  const tasks = makeMoveTasks(context, queues);
  const required = (url: string | undefined): StoredQueue => named(nameOf(url));
  return {
    CreateQueue: ({ QueueName = '', Attributes = {} }) => {
      const queue = {
        name: QueueName,
        attributes: Attributes as Record<string, string>,
        createdAtMs: context.clock.now(),
      };
      checkQueue(queue, queues);
      queues.put(queue);
      return { QueueUrl: urlOf(QueueName) };
    },
    DeleteQueue: ({ QueueUrl }) => {
      queues.remove(required(QueueUrl).name);
      return {};
    },
    GetQueueUrl: ({ QueueName }) => ({ QueueUrl: urlOf(named(nameOf(QueueName)).name) }),
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
      const changed = { ...queue, attributes: { ...queue.attributes, ...(Attributes as Record<string, string>) } };
      checkQueue(changed, queues);
      queues.put(changed);
      return {};
    },
    PurgeQueue: ({ QueueUrl }) => {
      queues.purge(required(QueueUrl));
      return {};
    },
    StartMessageMoveTask: ({ SourceArn = '', DestinationArn }) => ({
      TaskHandle: tasks.start(SourceArn, DestinationArn),
    }),
    ListMessageMoveTasks: ({ SourceArn = '', MaxResults }) => ({ Results: tasks.list(SourceArn, MaxResults) }),
  };
}

function messageOperations({ queues, named }: Parts): Handlers<typeof client> {
  const required = (url: string | undefined): StoredQueue => named(nameOf(url));
  const sendTo = (queue: StoredQueue, message: SentMessage) => {
    const { messageId, sequence } = queues.add(queue, readMessage(queue, message));
    return {
      MessageId: messageId,
      MD5OfMessageBody: md5(message.MessageBody ?? ''),
      ...(isFifo(queue) ? { SequenceNumber: sequenceNumber(sequence) } : {}),
    };
  };
  /** A standard queue takes an old receipt handle for nothing to do; a FIFO queue says that it is too late. */
  const checkReceipt = (queue: StoredQueue, handle = ''): string => {
    const message = queues.byReceipt(queue, handle);
    if (message === undefined || !isFifo(queue) || !queues.isVisible(message)) return handle;
    const reason = 'The receipt handle has expired.';
    const text = `Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${reason}`;
    throw new AwsError('InvalidParameterValueException', text);
  };
  return {
    SendMessage: (input) => sendTo(required(input.QueueUrl), input),
    SendMessageBatch: ({ QueueUrl, Entries = [] }) => {
      const queue = required(QueueUrl);
      checkBatch(Entries);
      const results = Entries.map((entry) => attempt(entry.Id, () => sendTo(queue, entry)));
      return split(results);
    },
    ReceiveMessage: (input) => {
      const queue = required(input.QueueUrl);
      const { MaxNumberOfMessages = 1, VisibilityTimeout } = input;
      const wanted = {
        system: [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])].map(String),
        attributes: input.MessageAttributeNames ?? [],
      };
      const received = queues.receive(queue, MaxNumberOfMessages, VisibilityTimeout);
      if (received.length === 0) return {};
      return { Messages: received.map((message) => receivedMessage(message, isFifo(queue), wanted)) };
    },
    DeleteMessage: ({ QueueUrl, ReceiptHandle }) => {
      const queue = required(QueueUrl);
      queues.delete(queue, checkReceipt(queue, ReceiptHandle));
      return {};
    },
    DeleteMessageBatch: ({ QueueUrl, Entries = [] }) => {
      const queue = required(QueueUrl);
      checkBatch(Entries);
      return split(
        Entries.map(({ Id, ReceiptHandle }) =>
          attempt(Id, () => {
            queues.delete(queue, checkReceipt(queue, ReceiptHandle));
            return {};
          }),
        ),
      );
    },
    ChangeMessageVisibility: ({ QueueUrl, ...entry }) => hide(queues, required(QueueUrl), entry),
    ChangeMessageVisibilityBatch: ({ QueueUrl, Entries = [] }) => {
      const queue = required(QueueUrl);
      checkBatch(Entries);
      return split(Entries.map((entry) => attempt(entry.Id, () => hide(queues, queue, entry))));
    },
  };
}

interface Hidden {
  readonly ReceiptHandle?: string | undefined;
  readonly VisibilityTimeout?: number | undefined;
}

/** Of a message's time out of sight, from its receipt on, in seconds (API reference, `ChangeMessageVisibility`): 12 hours. */
const MOST_HIDDEN_SECONDS = 43_200;

function hide(
  queues: Parts['queues'],
  queue: StoredQueue,
  { ReceiptHandle = '', VisibilityTimeout: seconds = 0 }: Hidden,
): object {
  if (seconds < 0 || seconds > MOST_HIDDEN_SECONDS) {
    const reason = `Must be between 0 and ${MOST_HIDDEN_SECONDS}.`;
    const text = `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: ${reason}`;
    throw new AwsError('InvalidParameterValueException', text);
  }
  const message = queues.byReceipt(queue, ReceiptHandle);
  if (message !== undefined && queues.isVisible(message)) {
    throw new AwsError('MessageNotInflight', "The specified message isn't in flight.");
  }
  queues.hide(queue, ReceiptHandle, seconds * 1000);
  return {};
}

interface BatchEntry extends SentMessage {
  readonly Id: string | undefined;
}

/** Most entries of a batch (SQS quotas). */
const MOST_ENTRIES = 10;

function checkBatch(entries: readonly BatchEntry[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the batch.');
  if (entries.length > MOST_ENTRIES) {
    const message = `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', message);
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id in the request.');
  }
  const bytes = entries.reduce((sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody), 0);
  if (bytes > MOST_MESSAGE_BYTES) {
    const message = `Batch requests cannot be longer than ${MOST_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`;
    throw new AwsError('BatchRequestTooLong', message);
  }
}

/** One entry of a batch: refused ones do not keep the others from being taken. */
function attempt<Result extends object>(Id: string | undefined, run: () => Result) {
  try {
    return { isDone: true as const, entry: { Id, ...run() } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { isDone: false as const, entry: { Id, SenderFault: true, Code: error.name, Message: error.message } };
  }
}

function split<Result extends object>(results: readonly ReturnType<typeof attempt<Result>>[]) {
  return {
    Successful: results.flatMap((result) => (result.isDone ? [result.entry] : [])),
    Failed: results.flatMap((result) => (result.isDone ? [] : [result.entry])),
  };
}

function queueProvider({ context, queues, arnOf, urlOf }: Parts): ResourceProvider {
  const ensure = async ({ properties, physicalName }: DeclaredResource) => {
    const attributes = declaredAttributes(properties);
    const suffix = attributes.FifoQueue === 'true' ? '.fifo' : '';
    const { QueueName } = properties;
    const name = typeof QueueName === 'string' ? QueueName : `${physicalName.slice(0, 80 - suffix.length)}${suffix}`;
    const queue = { name, attributes, createdAtMs: queues.find(name)?.createdAtMs ?? context.clock.now() };
    checkQueue(queue, queues);
    queues.put(queue);
    return { ref: urlOf(name), attributes: { Arn: arnOf(name), QueueName: name, QueueUrl: urlOf(name) } };
  };
  return { type: 'AWS::SQS::Queue', ensure };
}

function policyProvider({ queues, named }: Parts): ResourceProvider {
  const ensure = async ({ properties, physicalName }: DeclaredResource) => {
    for (const url of properties.Queues as string[]) {
      const queue = named(nameOf(url));
      const Policy = JSON.stringify(properties.PolicyDocument);
      queues.put({ ...queue, attributes: { ...queue.attributes, Policy } });
    }
    return { ref: physicalName, attributes: { Id: physicalName } };
  };
  return { type: 'AWS::SQS::QueuePolicy', ensure };
}
