import { createHash } from 'node:crypto';
import { AwsError } from '../../core/service.ts';
import type { NewMessage } from './queue-store.ts';
import { isFifo, type QueuedMessage, type StoredQueue } from './queued-messages.ts';

/** What a request says of one message, alone or in a batch. */
export interface SentMessage {
  readonly MessageBody?: string | undefined;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: object | undefined;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
}

/** Largest message, and largest sum of a batch, in bytes (SQS quotas, 2025-08: 1 MiB). */
export const MOST_MESSAGE_BYTES = 1_048_576;
/** Of group and deduplication ids (API reference, `SendMessage`). */
const ID = /^[\x21-\x7e]{1,128}$/;

const invalid = (message: string): never => {
  throw new AwsError('InvalidParameterValueException', message);
};

/** The message as the queue keeps it. Throws what SQS says of one that the queue does not take. */
export function readMessage(queue: StoredQueue, message: SentMessage): NewMessage {
  const { MessageBody: body = '', MessageGroupId: groupId, DelaySeconds = 0 } = message;
  if (body === '') {
    throw new AwsError('MissingRequiredParameterException', 'The request must contain the parameter MessageBody.');
  }
  const most = Number(queue.attributes.MaximumMessageSize ?? MOST_MESSAGE_BYTES);
  if (Buffer.byteLength(body) > most) {
    invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  }
  if (groupId !== undefined && !ID.test(groupId)) invalid(`Value ${groupId} for parameter MessageGroupId is invalid.`);
  return {
    body,
    attributes: (message.MessageAttributes ?? {}) as QueuedMessage['attributes'],
    delayMs: DelaySeconds * 1000,
    groupId,
    ...(isFifo(queue) ? { deduplicationId: deduplicationIdOf(queue, message) } : refuseDeduplication(message)),
  };
}

function deduplicationIdOf(queue: StoredQueue, message: SentMessage): string {
  const { MessageGroupId, MessageDeduplicationId: id, MessageBody = '', DelaySeconds } = message;
  if (MessageGroupId === undefined) {
    throw new AwsError('MissingRequiredParameterException', 'The request must contain the parameter MessageGroupId.');
  }
  if (DelaySeconds !== undefined) {
    const reason = 'The request include parameter that is not valid for this queue type.';
    invalid(`Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: ${reason}`);
  }
  if (id !== undefined)
    return ID.test(id) ? id : invalid(`Value ${id} for parameter MessageDeduplicationId is invalid.`);
  if (queue.attributes.ContentBasedDeduplication === 'true') {
    return createHash('sha256').update(MessageBody).digest('hex');
  }
  return invalid(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
}

function refuseDeduplication({ MessageDeduplicationId: id }: SentMessage): Record<string, never> {
  if (id === undefined) return {};
  const reason = 'The request include parameter that is not valid for this queue type.';
  return invalid(`Value ${id} for parameter MessageDeduplicationId is invalid. Reason: ${reason}`);
}
