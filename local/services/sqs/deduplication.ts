import type { CloudContext } from '../../core/service.ts';
import type { QueuedMessage, StoredQueue } from './queued-messages.ts';

/** How long SQS knows a message again (developer guide, "Exactly-once processing in Amazon SQS"). */
const INTERVAL_MS = 300_000;
/** Old entries of a queue are thrown away at each so many messages. */
const SWEEP_EVERY = 128;

interface Remembered extends Pick<QueuedMessage, 'messageId' | 'sequence'> {
  readonly atMs: number;
}

/** Messages of FIFO queues by their deduplication ids, for five minutes; deleting the message does not shorten that. */
export function makeDeduplication(context: Pick<CloudContext, 'clock' | 'store'>) {
  const entries = context.store('sqs-deduplication');
  const keyOf = (queue: StoredQueue, { groupId, deduplicationId }: Pick<QueuedMessage, 'groupId'> & Deduplicated) => {
    const isByGroup = queue.attributes.DeduplicationScope === 'messageGroup';
    return `${queue.name}/${JSON.stringify([isByGroup ? groupId : null, deduplicationId])}`;
  };
  const isFresh = ({ atMs }: Remembered): boolean => context.clock.now() - atMs < INTERVAL_MS;
  return {
    find: (queue: StoredQueue, message: Deduplicated & { readonly groupId?: string | undefined }) => {
      const found = entries.get<Remembered>(keyOf(queue, message as Parameters<typeof keyOf>[1]));
      return found !== undefined && isFresh(found) ? found : undefined;
    },
    remember: (queue: StoredQueue, message: QueuedMessage): void => {
      const { messageId, sequence } = message;
      entries.put(keyOf(queue, message), { messageId, sequence, atMs: context.clock.now() } satisfies Remembered);
      if (sequence % SWEEP_EVERY !== 0) return;
      for (const { key, value } of entries.list<Remembered>(`${queue.name}/`)) if (!isFresh(value)) entries.delete(key);
    },
    forget: (queueName: string): void => {
      for (const { key } of entries.list(`${queueName}/`)) entries.delete(key);
    },
  };
}

interface Deduplicated {
  readonly deduplicationId?: string | undefined;
}
