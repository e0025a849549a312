import { createHash, randomUUID } from 'node:crypto';
import type { Message } from '@aws-sdk/client-sqs';
import type { QueuedMessage } from './queued-messages.ts';

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** SQS numbers the messages of a FIFO queue with 20 digits. */
export const sequenceNumber = (sequence: number): string => `1${String(sequence).padStart(19, '0')}`;

/** Every system attribute a received message has; `senderId` stands for whoever sent it. */
export const systemAttributes = (message: QueuedMessage, isOfFifo: boolean): Record<string, string> => ({
  SenderId: 'AIDAEMBEDDED',
  SentTimestamp: String(message.sentAtMs),
  ApproximateReceiveCount: String(message.receiveCount),
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs ?? message.sentAtMs),
  ...(message.groupId === undefined ? {} : { MessageGroupId: message.groupId }),
  ...(message.deduplicationId === undefined ? {} : { MessageDeduplicationId: message.deduplicationId }),
  ...(isOfFifo ? { SequenceNumber: sequenceNumber(message.sequence) } : {}),
  ...(message.sourceArn === undefined ? {} : { DeadLetterQueueSourceArn: message.sourceArn }),
});

/** What a request asks to see of a message besides its body. */
export interface Wanted {
  readonly system: readonly string[];
  readonly attributes: readonly string[];
}

export function receivedMessage(message: QueuedMessage, isOfFifo: boolean, wanted: Wanted): Message {
  const system = Object.entries(systemAttributes(message, isOfFifo)).filter(
    ([name]) => wanted.system.includes('All') || wanted.system.includes(name),
  );
  const own = Object.entries(message.attributes).filter(([name]) =>
    wanted.attributes.some((pattern) => pattern === 'All' || matchesName(pattern, name)),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle ?? randomUUID(),
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
    ...(own.length > 0 ? { MessageAttributes: Object.fromEntries(own) } : {}),
  };
}

/** A name, or the beginning of one: `order.*`. */
const matchesName = (pattern: string, name: string): boolean =>
  pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
