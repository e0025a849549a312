/**
 * `npm run redrive -- --stage prod`: brings customers' messages that nobody could answer back into their queue. With
 * `--dry-run` it only says how many wait. Region and credentials as the AWS CLI has them; `--endpoint` is of the embedded
 * cloud.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';

export interface RedriveDeps {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly print: (line: string) => void;
  readonly pause: (ms: number) => Promise<unknown>;
}

export interface RedriveRequest {
  readonly stage: string;
  readonly isDryRun: boolean;
  /** So that agents are not asked all at once. */
  readonly messagesPerSecond: number;
}

const POLL_MS = 1000;

/** True when all messages that waited are back in the queue, or none waited. Throws what SQS refuses. */
export const redrive = async (
  { sqs, print, pause: wait }: RedriveDeps,
  { stage, isDryRun, messagesPerSecond }: RedriveRequest,
): Promise<boolean> => {
  const name = `${stage === 'prod' ? 'oratio' : `oratio-${stage}`}-customer-messages-dead.fifo`;
  const { arn, waiting } = await deadQueue(sqs, name);
  print(`${name}: ${plural(waiting, 'message')} without an answer.`);
  if (waiting === 0 || isDryRun) return true;
  const { TaskHandle } = await sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: arn, MaxNumberOfMessagesPerSecond: messagesPerSecond }),
  );
  for (;;) {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 1 }));
    const [task] = Results;
    if (task?.Status === 'COMPLETED') {
      print(
        `${plural(task.ApproximateNumberOfMessagesMoved ?? 0, 'message')} back in the queue; they are being answered.`,
      );
      return true;
    }
    if (task !== undefined && task.Status !== 'RUNNING') {
      print(`The move ended as ${task.Status}: ${task.FailureReason ?? 'SQS gives no reason'} (task ${TaskHandle}).`);
      return false;
    }
    print(`${task?.ApproximateNumberOfMessagesMoved ?? 0} of ${waiting} moved …`);
    await wait(POLL_MS);
  }
};

const deadQueue = async (sqs: RedriveDeps['sqs'], QueueName: string): Promise<{ arn: string; waiting: number }> => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'] }),
  );
  return { arn: Attributes?.QueueArn ?? '', waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0) };
};

const plural = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      'dry-run': { type: 'boolean', default: false },
      rate: { type: 'string', default: '10' },
      endpoint: { type: 'string' },
    },
  });
  const sqs = new SQSClient(values.endpoint === undefined ? {} : { endpoint: values.endpoint });
  const request = { stage: values.stage, isDryRun: values['dry-run'], messagesPerSecond: Number(values.rate) };
  const isDone = await redrive({ sqs, print: (line) => console.log(line), pause }, request);
  process.exitCode = isDone ? 0 : 1;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error: unknown) => {
    console.error(`Nothing was moved: ${error instanceof Error ? error.message : String(error)}`);
    console.error('Region and credentials come from the environment, as for the AWS CLI; `npm start` prints its own.');
    process.exitCode = 1;
  });
}
