import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { conversationGroup, deduplicationId, type QueuedMessage } from '../../../shared/social/queued-message.ts';

interface Held {
  readonly body: string;
  readonly group: string;
  readonly id: string;
  receives: number;
  /** Seconds; the worker asked for it. */
  delay: number | undefined;
}

/**
 * A FIFO queue as SQS keeps it: a conversation's messages come out in order, none while an earlier one is out; what was
 * reported as failed stays, and goes to the dead ones after `maxReceives`.
 */
export const fakeQueue = (maxReceives = 10) => {
  const [waiting, dead, known]: [Held[], string[], Set<string>] = [[], [], new Set()];
  const delays: { receiptHandle: string; seconds: number }[] = [];
  const put = (body: string, group: string, id: string): void => {
    if (known.has(id)) return;
    known.add(id);
    waiting.push({ body, group, id, receives: 0, delay: undefined });
  };
  const recordOf = (held: Held): SQSRecord =>
    ({
      messageId: held.id,
      receiptHandle: `receipt-${held.id}`,
      body: held.body,
      attributes: { MessageGroupId: held.group, ApproximateReceiveCount: String(held.receives) },
    }) as SQSRecord;
  return {
    dead,
    delays,
    queue: {
      enqueue: async (messages: readonly QueuedMessage[]) => {
        for (const one of messages)
          put(JSON.stringify(one), conversationGroup(one.message), deduplicationId(one.message));
      },
      delay: async (asked: readonly { receiptHandle: string; seconds: number }[]) => void delays.push(...asked),
    },
    putRaw: (body: string) => put(body, 'raw', body),
    size: () => waiting.length,
    /** Hands out batches of ten, of whichever conversations, until nothing is left. */
    drain: async (work: (event: SQSEvent) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>) => {
      for (let round = 0; waiting.length > 0 && round < 1000; round += 1) {
        const batch = waiting.slice(0, 10);
        for (const held of batch) held.receives += 1;
        const spent = batch.filter(({ receives }) => receives > maxReceives);
        for (const held of spent) dead.push(held.id);
        const taken = batch.filter((held) => !spent.includes(held));
        const { batchItemFailures } =
          taken.length === 0 ? { batchItemFailures: [] } : await work({ Records: taken.map(recordOf) });
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const held of batch) if (!failed.has(held.id)) waiting.splice(waiting.indexOf(held), 1);
      }
    },
  };
};
