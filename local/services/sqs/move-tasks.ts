import { randomUUID } from 'node:crypto';
import { AwsError, type CloudContext } from '../../core/service.ts';
import type { QueueStore } from './queue-store.ts';
import { isFifo, type StoredQueue } from './queued-messages.ts';
import { redrivePolicyOf } from './redrive.ts';

interface MoveTask {
  readonly taskHandle: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  readonly moved: number;
  readonly startedAtMs: number;
}

/** SQS remembers this many tasks of a queue. */
const MOST_TASKS = 10;

const unsupported = (message: string): never => {
  throw new AwsError('UnsupportedOperation', message);
};

/** Dead letters on their way back. A task here is done when its start is answered, however many messages a second it allows. */
export function makeMoveTasks(context: Pick<CloudContext, 'store' | 'clock'>, queues: QueueStore) {
  const tasks = context.store('sqs-move-tasks');
  const named = (arn: string | undefined): StoredQueue | undefined => queues.find(arn?.split(':').at(-1) ?? '');
  const required = (arn: string | undefined): StoredQueue => {
    const queue = named(arn);
    if (queue) return queue;
    throw new AwsError(
      'ResourceNotFoundException',
      "The resource that you specified for the SourceArn parameter doesn't exist.",
      404,
    );
  };
  const isDeadLetterQueue = (arn: string): boolean =>
    queues.all().some((queue) => redrivePolicyOf(queue).deadLetterTargetArn === arn);

  return {
    /** Moves every visible message, each to `destinationArn` or where it came from. Throws what SQS refuses. */
    start: (sourceArn: string, destinationArn: string | undefined): string => {
      const source = required(sourceArn);
      if (!isDeadLetterQueue(sourceArn)) unsupported('Source queue must be configured as a Dead Letter Queue.');
      const destination = destinationArn === undefined ? undefined : required(destinationArn);
      if (destination && isFifo(destination) !== isFifo(source)) {
        unsupported('Source and destination queues must be of the same type.');
      }
      let moved = 0;
      for (const message of queues.messagesOf(source).filter(queues.isVisible)) {
        const target = destination ?? named(message.sourceArn);
        // SQS leaves messages there that were sent to the dead-letter queue directly.
        if (target === undefined) continue;
        queues.move(source, message, target);
        moved += 1;
      }
      const startedAtMs = context.clock.now();
      const task: MoveTask = {
        taskHandle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString('base64'),
        sourceArn,
        ...(destinationArn === undefined ? {} : { destinationArn }),
        moved,
        startedAtMs,
      };
      const known = tasks.list(`${source.name}/`);
      for (const { key } of known.slice(0, Math.max(0, known.length - MOST_TASKS + 1))) tasks.delete(key);
      tasks.put(`${source.name}/${String(startedAtMs).padStart(15, '0')}/${task.taskHandle.slice(-12)}`, task);
      return task.taskHandle;
    },
    /** Newest first, as `ListMessageMoveTasks` shows them. */
    list: (sourceArn: string, most = 1) =>
      tasks
        .list<MoveTask>(`${required(sourceArn).name}/`)
        .reverse()
        .slice(0, most)
        .map(({ value }) => ({
          Status: 'COMPLETED',
          SourceArn: value.sourceArn,
          ...(value.destinationArn === undefined ? {} : { DestinationArn: value.destinationArn }),
          ApproximateNumberOfMessagesMoved: value.moved,
          ApproximateNumberOfMessagesToMove: value.moved,
          StartedTimestamp: value.startedAtMs,
        })),
  };
}
