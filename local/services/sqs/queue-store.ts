import { randomUUID } from 'node:crypto';
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
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
  readonly receiveCount: number;
  readonly receiptHandle?: string;
}

/** Defaults of SQS, in seconds. */
const VISIBILITY_SECONDS = 30;
const RETENTION_SECONDS = 345_600;

/** Queues and their messages, kept in order of arrival. */
export function makeQueueStore(context: Pick<CloudContext, 'clock' | 'store'>) {
  const queues = context.store('sqs-queues');
  const messages = context.store('sqs-messages');
  const keyOf = (queue: StoredQueue, message: QueuedMessage) =>
    `${queue.name}/${String(message.sentAtMs).padStart(15, '0')}/${message.messageId}`;
  const put = (queue: StoredQueue, message: QueuedMessage): QueuedMessage => {
    messages.put(keyOf(queue, message), message);
    return message;
  };
  const secondsOf = (queue: StoredQueue, name: string, fallback: number): number =>
    Number(queue.attributes[name] ?? fallback);
  const kept = (queue: StoredQueue): QueuedMessage[] => {
    const oldestMs = context.clock.now() - secondsOf(queue, 'MessageRetentionPeriod', RETENTION_SECONDS) * 1000;
    return messages.list<QueuedMessage>(`${queue.name}/`).flatMap(({ key, value }) => {
      if (value.sentAtMs >= oldestMs) return [value];
      messages.delete(key);
      return [];
    });
  };
  const byReceipt = (queue: StoredQueue, receiptHandle: string) =>
    kept(queue).find((message) => message.receiptHandle === receiptHandle);
  const isVisible = (message: QueuedMessage): boolean => message.visibleAtMs <= context.clock.now();
  const find = (name: string): StoredQueue | undefined => queues.get(name);

  /** True when the message has been received too often and now lies in the dead-letter queue. */
  const redriven = (queue: StoredQueue, message: QueuedMessage): boolean => {
    const policy = JSON.parse(queue.attributes.RedrivePolicy ?? '{}') as {
      deadLetterTargetArn?: string;
      maxReceiveCount?: number | string;
    };
    const target = find(policy.deadLetterTargetArn?.split(':').at(-1) ?? '');
    if (target === undefined || message.receiveCount < Number(policy.maxReceiveCount)) return false;
    messages.delete(keyOf(queue, message));
    const { receiptHandle: _, ...fresh } = message;
    put(target, { ...fresh, visibleAtMs: context.clock.now(), receiveCount: 0 });
    return true;
  };

  return {
    find,
    all: () => queues.list<StoredQueue>().map(({ value }) => value),
    put: (queue: StoredQueue) => queues.put(queue.name, queue),
    remove: (name: string) => {
      for (const { key } of messages.list(`${name}/`)) messages.delete(key);
      queues.delete(name);
    },
    add: (queue: StoredQueue, message: { body: string; attributes: QueuedMessage['attributes']; delayMs: number }) => {
      const now = context.clock.now();
      const delayMs = message.delayMs || secondsOf(queue, 'DelaySeconds', 0) * 1000;
      return put(queue, {
        messageId: randomUUID(),
        body: message.body,
        attributes: message.attributes,
        sentAtMs: now,
        visibleAtMs: now + delayMs,
        receiveCount: 0,
      });
    },
    receive: (queue: StoredQueue, limit: number, visibilitySeconds?: number) => {
      const hiddenMs = (visibilitySeconds ?? secondsOf(queue, 'VisibilityTimeout', VISIBILITY_SECONDS)) * 1000;
      const ready = kept(queue).filter((message) => isVisible(message) && !redriven(queue, message));
      return ready.slice(0, limit).map((message) =>
        put(queue, {
          ...message,
          receiveCount: message.receiveCount + 1,
          visibleAtMs: context.clock.now() + hiddenMs,
          receiptHandle: randomUUID(),
        }),
      );
    },
    delete: (queue: StoredQueue, receiptHandle: string) => {
      const message = byReceipt(queue, receiptHandle);
      if (message !== undefined) messages.delete(keyOf(queue, message));
    },
    hide: (queue: StoredQueue, receiptHandle: string, forMs: number) => {
      const message = byReceipt(queue, receiptHandle);
      if (message !== undefined) put(queue, { ...message, visibleAtMs: context.clock.now() + forMs });
    },
    purge: (queue: StoredQueue) => {
      for (const { key } of messages.list(`${queue.name}/`)) messages.delete(key);
    },
    depth: (queue: StoredQueue) => {
      const all = kept(queue);
      const hidden = all.filter((message) => !isVisible(message));
      const inFlight = hidden.filter((message) => message.receiptHandle !== undefined).length;
      return {
        ApproximateNumberOfMessages: String(all.length - hidden.length),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(hidden.length - inFlight),
      };
    },
    inventory: (arnOf: (name: string) => string) =>
      queues
        .list<StoredQueue>()
        .flatMap(({ value }) => [
          arnOf(value.name),
          ...kept(value).map((message) => `${arnOf(value.name)} message ${message.messageId}`),
        ]),
  };
}
