import { randomUUID } from 'node:crypto';
import type { CloudContext } from '../../core/service.ts';
import { makeChanges } from './changes.ts';
import { makeDeduplication } from './deduplication.ts';
import { isFifo, makeMessages, type QueuedMessage, type StoredQueue } from './queued-messages.ts';
import { makeRedrive } from './redrive.ts';

export interface NewMessage {
  readonly body: string;
  readonly attributes: QueuedMessage['attributes'];
  readonly delayMs: number;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/** Default of SQS, in seconds. */
const VISIBILITY_SECONDS = 30;

export type QueueStore = ReturnType<typeof makeQueueStore>;

/** Queues and their messages, kept in order of arrival; those of a FIFO queue also by their groups. */
export function makeQueueStore(context: Pick<CloudContext, 'clock' | 'store'>, arnOf: (name: string) => string) {
  const queues = context.store('sqs-queues');
  const messages = makeMessages(context);
  const deduplication = makeDeduplication(context);
  const changes = makeChanges();
  const { put, nextSequence, kept, isVisible, ready, byReceipt } = messages;
  const secondsOf = (queue: StoredQueue, name: string, fallback: number): number =>
    Number(queue.attributes[name] ?? fallback);
  const find = (name: string): StoredQueue | undefined => queues.get(name);

  const { move, redriven } = makeRedrive({ clock: context.clock, messages, changes, find, arnOf });

  const receiveOne = (queue: StoredQueue, message: QueuedMessage, hiddenMs: number): QueuedMessage =>
    put(queue, {
      ...message,
      receiveCount: message.receiveCount + 1,
      firstReceivedAtMs: message.firstReceivedAtMs ?? context.clock.now(),
      visibleAtMs: context.clock.now() + hiddenMs,
      receiptHandle: randomUUID(),
    });

  return {
    find,
    all: () => queues.list<StoredQueue>().map(({ value }) => value),
    put: (queue: StoredQueue) => queues.put(queue.name, queue),
    remove: (name: string) => {
      messages.clear(name);
      messages.forgetCounter(name);
      deduplication.forget(name);
      queues.delete(name);
    },
    /** Of a FIFO queue: a repetition within five minutes gives the message that was sent first. */
    add: (queue: StoredQueue, message: NewMessage): Pick<QueuedMessage, 'messageId' | 'sequence'> => {
      const first = isFifo(queue) ? deduplication.find(queue, message) : undefined;
      if (first !== undefined) return first;
      const nowMs = context.clock.now();
      const { body, attributes, groupId, deduplicationId } = message;
      const delayMs = message.delayMs || secondsOf(queue, 'DelaySeconds', 0) * 1000;
      const stored = put(queue, {
        messageId: randomUUID(),
        body,
        attributes,
        sequence: nextSequence(queue),
        ...(groupId === undefined ? {} : { groupId }),
        ...(deduplicationId === undefined ? {} : { deduplicationId }),
        sentAtMs: nowMs,
        visibleAtMs: nowMs + delayMs,
        receiveCount: 0,
      });
      if (isFifo(queue)) deduplication.remember(queue, stored);
      changes.tell(queue.name);
      return stored;
    },
    receive: (queue: StoredQueue, limit: number, visibilitySeconds?: number): QueuedMessage[] => {
      const hiddenMs = (visibilitySeconds ?? secondsOf(queue, 'VisibilityTimeout', VISIBILITY_SECONDS)) * 1000;
      const fit = ready(queue).filter((message) => !redriven(queue, message));
      return fit.slice(0, limit).map((message) => receiveOne(queue, message, hiddenMs));
    },
    /** The message with this receipt handle; undefined once it was received again or deleted. */
    byReceipt,
    isVisible,
    delete: (queue: StoredQueue, receiptHandle: string) => {
      const message = byReceipt(queue, receiptHandle);
      if (message === undefined) return;
      messages.remove(queue, message);
      changes.tell(queue.name);
    },
    hide: (queue: StoredQueue, receiptHandle: string, forMs: number) => {
      const message = byReceipt(queue, receiptHandle);
      if (message === undefined) return;
      put(queue, { ...message, visibleAtMs: context.clock.now() + forMs });
      changes.tell(queue.name);
    },
    move,
    messagesOf: kept,
    purge: ({ name }: StoredQueue) => messages.clear(name),
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
    /** Resolves as soon as there may be something to receive. Rejects when the signal aborts. */
    untilReady: async (queue: StoredQueue, signal: AbortSignal): Promise<void> => {
      if (ready(queue).length > 0) return;
      // Of a held group the visible ones wait for the hidden one.
      const hidden = kept(queue).filter((message) => !isVisible(message));
      const soonest = Math.min(...hidden.map(({ visibleAtMs }) => visibleAtMs));
      await changes.orAt(queue.name, soonest, context.clock, signal);
    },
    inventory: () =>
      queues
        .list<StoredQueue>()
        .flatMap(({ value }) => [
          arnOf(value.name),
          ...kept(value).map((message) => `${arnOf(value.name)} message ${message.messageId}`),
        ]),
  };
}
