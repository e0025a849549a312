import type { CloudClock } from '../../core/service.ts';
import type { makeChanges } from './changes.ts';
import { isFifo, type makeMessages, type QueuedMessage, type StoredQueue } from './queued-messages.ts';

/** The queue's own `RedrivePolicy`; empty for a queue without one. */
export const redrivePolicyOf = ({ attributes }: Pick<StoredQueue, 'attributes'>) =>
  JSON.parse(attributes.RedrivePolicy ?? '{}') as {
    readonly deadLetterTargetArn?: string;
    readonly maxReceiveCount?: number | string;
  };

interface Parts {
  readonly clock: CloudClock;
  readonly messages: ReturnType<typeof makeMessages>;
  readonly changes: ReturnType<typeof makeChanges>;
  readonly find: (name: string) => StoredQueue | undefined;
  readonly arnOf: (name: string) => string;
}

/** The ways of messages between a queue and its dead-letter queue. */
export function makeRedrive({ clock, messages, changes, find, arnOf }: Parts) {
  /** Takes a message to another queue, where it is new. */
  const move = (from: StoredQueue, message: QueuedMessage, to: StoredQueue, sourceArn?: string): void => {
    const { receiptHandle: _handle, firstReceivedAtMs: _first, sourceArn: _source, ...fresh } = message;
    const nowMs = clock.now();
    messages.put(to, {
      ...fresh,
      sequence: messages.nextSequence(to),
      // SQS lets a message of a standard queue keep its age in the dead-letter queue, one of a FIFO queue starts anew.
      sentAtMs: isFifo(to) ? nowMs : message.sentAtMs,
      visibleAtMs: nowMs,
      receiveCount: 0,
      ...(sourceArn === undefined ? {} : { sourceArn }),
    });
    // Only now: a cloud that is killed in between has the message twice rather than never.
    messages.remove(from, message);
    changes.tell(to.name);
    changes.tell(from.name);
  };

  /** True when the message has been received too often and now lies in the dead-letter queue. */
  const redriven = (queue: StoredQueue, message: QueuedMessage): boolean => {
    const { deadLetterTargetArn, maxReceiveCount } = redrivePolicyOf(queue);
    const target = find(deadLetterTargetArn?.split(':').at(-1) ?? '');
    if (target === undefined || message.receiveCount < Number(maxReceiveCount)) return false;
    move(queue, message, target, arnOf(queue.name));
    return true;
  };

  return { move, redriven };
}
