import { AwsError, type JsonObject } from '../../core/service.ts';
import type { QueueStore } from './queue-store.ts';
import { isFifo, type StoredQueue } from './queued-messages.ts';
import { redrivePolicyOf } from './redrive.ts';

const NAMES = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'MaximumMessageSize',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'SqsManagedSseEnabled',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
];

/** CloudFormation's properties under the names and in the form of `GetQueueAttributes`. */
export function declaredAttributes(properties: JsonObject): Record<string, string> {
  return Object.fromEntries(
    NAMES.filter((name) => properties[name] !== undefined).map((name) => {
      const value = properties[name];
      return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
    }),
  );
}

/** Throws what SQS says of a queue that cannot be. */
export function checkQueue(queue: StoredQueue, queues: Pick<QueueStore, 'find'>): void {
  const { name, attributes } = queue;
  if (isFifo(queue) !== name.endsWith('.fifo')) {
    const reason = isFifo(queue)
      ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
      : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
    throw new AwsError('InvalidParameterValueException', reason);
  }
  const onlyFifo = ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];
  const misplaced = isFifo(queue) ? undefined : onlyFifo.find((attribute) => attribute in attributes);
  if (misplaced) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${misplaced}.`);
  const { deadLetterTargetArn } = redrivePolicyOf(queue);
  const deadLetters = queues.find(deadLetterTargetArn?.split(':').at(-1) ?? '');
  if (deadLetters === undefined || isFifo(deadLetters) === isFifo(queue)) return;
  const reason = 'Dead-letter queue must be same type of queue as the source.';
  const value = attributes.RedrivePolicy ?? '';
  throw new AwsError(
    'InvalidParameterValueException',
    `Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
  );
}
