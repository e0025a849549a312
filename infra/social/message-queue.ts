import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { acknowledge } from '../kernel/acknowledge.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';

/** Longer than one invocation of the function that answers, so that nothing is handed out twice at once; a crash costs a customer this long. */
const VISIBILITY = Duration.minutes(5);
/** With the delays of `retry-delays.ts` some twenty minutes of attempts, hours where a platform names them. */
const MAX_RECEIVES = 10;

/** Customers' messages between whoever receives them and whoever answers: first in, first out within a conversation. */
export class MessageQueue extends Construct {
  readonly queue: Queue;
  /** What no attempt could answer; `npm run redrive` brings it back. */
  readonly dead: Queue;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    const settings = { fifo: true, encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.dead = new Queue(this, 'Dead', {
      ...settings,
      queueName: `${config.prefix}-customer-messages-dead.fifo`,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.dead, 'SQS3', 'This is the dead-letter queue itself.');
    this.queue = new Queue(this, 'Queue', {
      ...settings,
      queueName: `${config.prefix}-customer-messages.fifo`,
      visibilityTimeout: VISIBILITY,
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.dead, maxReceiveCount: MAX_RECEIVES },
      // High throughput: the limits hold for a conversation instead of for the queue.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    });
  }

  /** Lets a function take messages out; what it reports as failed stays. */
  consume(fn: OratioFunction, limits: { readonly batchSize: number; readonly maxConcurrency: number }): void {
    fn.provide('MESSAGE_QUEUE_URL', this.queue.queueUrl);
    fn.allow(
      [
        'sqs:ReceiveMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueUrl',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
      ],
      [this.queue.queueArn],
    );
    fn.lambda.addEventSource(new SqsEventSource(this.queue, { ...limits, reportBatchItemFailures: true }));
  }

  /** Lets a function add messages. */
  grantSend(fn: OratioFunction): void {
    fn.provide('MESSAGE_QUEUE_URL', this.queue.queueUrl);
    fn.allow(['sqs:SendMessage'], [this.queue.queueArn]);
  }
}
