import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { redrive } from '../../scripts/redrive.ts';

const ARN = 'arn:aws:sqs:us-east-1:111122223333:oratio-customer-messages-dead.fifo';

const start = (waiting: number, ...tasks: object[]) => {
  const client = new SQSClient({ region: 'us-east-1' });
  const sqs = mockClient(client);
  sqs.on(GetQueueUrlCommand, { QueueName: 'oratio-customer-messages-dead.fifo' }).resolves({ QueueUrl: 'https://q' });
  sqs
    .on(GetQueueAttributesCommand)
    .resolves({ Attributes: { QueueArn: ARN, ApproximateNumberOfMessages: String(waiting) } });
  sqs.on(StartMessageMoveTaskCommand).resolves({ TaskHandle: 'task-1' });
  let listing = sqs.on(ListMessageMoveTasksCommand);
  for (const task of tasks) listing = listing.resolvesOnce({ Results: [task] });
  const lines: string[] = [];
  const run = (isDryRun = false) =>
    redrive(
      { sqs: client, print: (line) => lines.push(line), pause: async () => undefined },
      { stage: 'prod', isDryRun, messagesPerSecond: 10 },
    );
  const started = () => sqs.commandCalls(StartMessageMoveTaskCommand).map(({ args }) => args[0].input);
  return { run, lines, started };
};

test('dead messages are brought back, and the command says how far it is', async () => {
  const { run, lines, started } = start(
    12,
    { Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 5 },
    { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 12 },
  );
  expect(await run()).toBe(true);
  expect(started()).toEqual([{ SourceArn: ARN, MaxNumberOfMessagesPerSecond: 10 }]);
  expect(lines).toEqual([
    'oratio-customer-messages-dead.fifo: 12 messages without an answer.',
    '5 of 12 moved …',
    '12 messages back in the queue; they are being answered.',
  ]);
});

test('nothing is moved where nothing waits, or only a count is wanted', async () => {
  const [empty, dry] = [start(0), start(1)];
  expect([await empty.run(), await dry.run(true)]).toEqual([true, true]);
  expect([empty.started(), dry.started()]).toEqual([[], []]);
  expect(dry.lines).toEqual(['oratio-customer-messages-dead.fifo: 1 message without an answer.']);
});

test('a move that fails says why', async () => {
  const { run, lines } = start(3, { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' });
  expect(await run()).toBe(false);
  expect(lines.at(-1)).toBe('The move ended as FAILED: CouldNotDetermineMessageSource (task task-1).');
});
