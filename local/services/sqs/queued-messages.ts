import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { CloudContext } from '../../core/service.ts';

export interface StoredQueue {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
}

export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Record<string, MessageAttributeValue>;
  /** Place in the queue; of a FIFO queue also its `SequenceNumber`. */
  readonly sequence: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
  readonly receiveCount: number;
  readonly firstReceivedAtMs?: number;
  readonly receiptHandle?: string;
  /** Of a dead letter: the ARN of the queue it came from. */
  readonly sourceArn?: string;
}

export const isFifo = ({ attributes }: StoredQueue): boolean => attributes.FifoQueue === 'true';

/** Default of SQS, in seconds. */
const RETENTION_SECONDS = 345_600;

/** The messages of all queues, as they lie there. */
export function makeMessages(context: Pick<CloudContext, 'clock' | 'store'>) {
  const messages = context.store('sqs-messages');
  const counters = context.store('sqs-counters');
  const keyOf = (queue: StoredQueue, { sequence }: QueuedMessage) =>
    `${queue.name}/${String(sequence).padStart(20, '0')}`;
  const kept = (queue: StoredQueue): QueuedMessage[] => {
    const retentionSeconds = Number(queue.attributes.MessageRetentionPeriod ?? RETENTION_SECONDS);
    const oldestMs = context.clock.now() - retentionSeconds * 1000;
    return messages.list<QueuedMessage>(`${queue.name}/`).flatMap(({ key, value }) => {
      if (value.sentAtMs >= oldestMs) return [value];
      messages.delete(key);
      return [];
    });
  };
  const isVisible = (message: QueuedMessage): boolean => message.visibleAtMs <= context.clock.now();
  return {
    put: (queue: StoredQueue, message: QueuedMessage): QueuedMessage => {
      messages.put(keyOf(queue, message), message);
      return message;
    },
    remove: (queue: StoredQueue, message: QueuedMessage): void => messages.delete(keyOf(queue, message)),
    clear: (queueName: string): void => {
      for (const { key } of messages.list(`${queueName}/`)) messages.delete(key);
    },
    forgetCounter: (queueName: string): void => counters.delete(queueName),
    nextSequence: (queue: StoredQueue): number => {
      const sequence = (counters.get<number>(queue.name) ?? 0) + 1;
      counters.put(queue.name, sequence);
      return sequence;
    },
    kept,
    isVisible,
    byReceipt: (queue: StoredQueue, receiptHandle: string) =>
      kept(queue).find((message) => message.receiptHandle === receiptHandle),
    /** What may be received, in order. A group of a FIFO queue waits as long as one of its messages is hidden. */
    ready: (queue: StoredQueue): QueuedMessage[] => {
      const all = kept(queue);
      const visible = all.filter(isVisible);
      if (!isFifo(queue)) return visible;
      const held = new Set(all.filter((message) => !isVisible(message)).map(({ groupId }) => groupId));
      return visible.filter(({ groupId }) => !held.has(groupId));
    },
  };
}
