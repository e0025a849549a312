import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest } from '../kernel/aws-request.ts';
import type { MessageQueue, QueueDelays } from './message-queue.ts';
import { conversationGroup, deduplicationId, type QueuedMessage } from './queued-message.ts';

/** SQS's limit for the entries of one batch. */
const BATCH_ENTRIES = 10;
/** Below the 256 KiB that a batch may have in every region. */
const BATCH_BYTES = 200_000;

interface Entry {
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
}

/** A FIFO queue of SQS. Signed by hand: the webhook's function has no room for the SDK's client. */
export const sqsMessageQueue = (
  { MESSAGE_QUEUE_URL }: { readonly MESSAGE_QUEUE_URL: string },
  context: AwsContext = lambdaAwsContext(),
): MessageQueue & QueueDelays => {
  const call = caller(context, MESSAGE_QUEUE_URL);
  return {
    enqueue: async (messages) => {
      for (const batch of batchesOf(messages.map(entryOf))) {
        await all(call, 'SendMessageBatch', batch);
      }
    },
    delay: async (messages) => {
      const entries = messages.map(({ receiptHandle, seconds }) => ({
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }));
      for (let at = 0; at < entries.length; at += BATCH_ENTRIES) {
        await all(call, 'ChangeMessageVisibilityBatch', entries.slice(at, at + BATCH_ENTRIES));
      }
    },
  };
};

const entryOf = (queued: QueuedMessage): Entry => ({
  MessageBody: JSON.stringify(queued),
  MessageGroupId: conversationGroup(queued.message),
  MessageDeduplicationId: deduplicationId(queued.message),
});

/**
 * In order, as few as the limits allow; a batch has no two messages of one conversation. SQS may take a part of a batch
 * only: a later message of a conversation would overtake an earlier one.
 */
export const batchesOf = <One extends Entry>(entries: readonly One[]): readonly (readonly One[])[] => {
  const batches: { entries: One[]; groups: Set<string>; bytes: number }[] = [];
  for (const entry of entries) {
    const bytes = Buffer.byteLength(entry.MessageBody);
    const last = batches.at(-1);
    const fits =
      last !== undefined &&
      last.entries.length < BATCH_ENTRIES &&
      last.bytes + bytes <= BATCH_BYTES &&
      !last.groups.has(entry.MessageGroupId);
    const batch = fits ? last : { entries: [], groups: new Set<string>(), bytes: 0 };
    if (!fits) batches.push(batch);
    batch.entries.push(entry);
    batch.groups.add(entry.MessageGroupId);
    batch.bytes += bytes;
  }
  return batches.map((batch) => batch.entries);
};

type Call = (operation: string, body: object) => Promise<unknown>;

const caller =
  (context: AwsContext, QueueUrl: string): Call =>
  async (operation, body) => {
    const response = await awsRequest(context, {
      service: 'sqs',
      method: 'POST',
      url: `${context.endpointUrl ?? `https://sqs.${context.region}.amazonaws.com`}/`,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      body: Buffer.from(JSON.stringify({ QueueUrl, ...body })),
    });
    return response.json();
  };

interface BatchAnswer {
  readonly Failed?: readonly { readonly Id: string; readonly Code: string; readonly Message?: string }[];
}

/** The batch; what SQS did not take is given once more. Throws when it still does not. */
const all = async (call: Call, operation: string, entries: readonly object[]): Promise<void> => {
  let left = entries.map((entry, at) => ({ Id: String(at), ...entry }));
  for (const isLast of [false, true]) {
    const { Failed = [] } = (await call(operation, { Entries: left })) as BatchAnswer;
    if (Failed.length === 0) return;
    if (isLast) throw new QueueRefusal(Failed[0]?.Code ?? 'unknown');
    const failed = new Set(Failed.map(({ Id }) => Id));
    left = left.filter(({ Id }) => failed.has(Id));
  }
};

/** SQS took a part of a batch only, twice. */
class QueueRefusal extends Error {
  // Read at the edge of the API: the platform shall come again.
  readonly $retryable = {};

  constructor(code: string) {
    super(`SQS did not take a message: ${code}.`);
    this.name = 'QueueRefusal';
  }
}
