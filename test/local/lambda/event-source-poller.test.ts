import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestClock, testClock } from '../../../local/core/clock.ts';
import type { FunctionResult } from '../../../local/core/service.ts';
import { failedItems } from '../../../local/lambda/event-source.ts';
import { EventSourcePoller } from '../../../local/lambda/event-source-poller.ts';
import { type EmbeddedSqs, makeSqs } from '../../../local/services/sqs/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

const ARN = 'arn:aws:sqs:us-east-1:111122223333';
const DONE: FunctionResult = { payload: '{"batchItemFailures":[]}' };

let clock: TestClock;
let cloud: Embedded;
let sqs: EmbeddedSqs;
let poller: EventSourcePoller | undefined;
beforeEach(async () => {
  clock = testClock(Date.parse('2026-11-21T09:00:00Z'));
  cloud = await startEmbedded(
    (context) => {
      sqs = makeSqs(context);
      return { sqs };
    },
    { clock },
  );
  await cloud.declare('AWS::SQS::Queue', 'Dead', { QueueName: 'dead.fifo', FifoQueue: true });
  await cloud.declare('AWS::SQS::Queue', 'Letters', {
    QueueName: 'letters.fifo',
    FifoQueue: true,
    VisibilityTimeout: 60,
    RedrivePolicy: { deadLetterTargetArn: `${ARN}:dead.fifo`, maxReceiveCount: 2 },
  });
});
afterEach(async () => {
  poller?.close();
  await cloud.stop();
});

const send = (group: string, body: string) =>
  sqs.queues.send(`${ARN}:letters.fifo`, { MessageBody: body, MessageGroupId: group, MessageDeduplicationId: body });

interface Sent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** A function that keeps what it was given until it is told what to answer. */
function scriptedFunction(
  answer: (bodies: readonly string[], ids: readonly string[]) => FunctionResult | Promise<FunctionResult>,
) {
  const batches: string[][] = [];
  poller = new EventSourcePoller(
    {
      id: 'one',
      queueArn: `${ARN}:letters.fifo`,
      functionName: 'answer',
      isEnabled: true,
      batchSize: 10,
      maximumConcurrency: 4,
      reportsItemFailures: true,
    },
    {
      context: cloud.context,
      queues: sqs.queues,
      run: async (_source, payload) => {
        const { Records } = JSON.parse(payload) as Sent;
        const bodies = Records.map(({ body }) => body);
        batches.push(bodies);
        return answer(
          bodies,
          Records.map(({ messageId }) => messageId),
        );
      },
    },
  );
  poller.start();
  return batches;
}

const settle = () => clock.advance(0).then(() => clock.advance(0));

test('a batch keeps the order of arrival, and what succeeded is gone', async () => {
  for (const body of ['a1', 'b1', 'a2']) send(body.charAt(0), body);
  const batches = scriptedFunction(() => DONE);
  await settle();
  await clock.advance(120_000);
  expect({ batches, left: await cloud.services.sqs?.inventory?.() }).toEqual({
    batches: [['a1', 'b1', 'a2']],
    left: [`${ARN}:dead.fifo`, `${ARN}:letters.fifo`],
  });
});

test('while a message of a group is at work, the next ones of it wait and those of other groups do not', async () => {
  const first = Promise.withResolvers<FunctionResult>();
  const batches = scriptedFunction((bodies) => (bodies.includes('a1') ? first.promise : DONE));
  send('a', 'a1');
  await settle();
  for (const body of ['a2', 'b1', 'a3']) send(body.charAt(0), body);
  await settle();
  const before = batches.map((batch) => [...batch]);
  first.resolve(DONE);
  await settle();
  expect({ before, after: batches }).toEqual({ before: [['a1'], ['b1']], after: [['a1'], ['b1'], ['a2', 'a3']] });
});

test('what was reported failed comes again after its visibility timeout, then lies with the dead letters; the group goes on', async () => {
  const batches = scriptedFunction((bodies, ids) => ({
    payload: JSON.stringify({
      batchItemFailures: ids
        .filter((_id, index) => bodies[index]?.startsWith('bad'))
        .map((itemIdentifier) => ({ itemIdentifier })),
    }),
  }));
  for (const [group, body] of [
    ['a', 'bad'],
    ['b', 'b1'],
  ] as const) {
    send(group, body);
  }
  await settle();
  send('a', 'a2');
  await clock.advance(59_000);
  const hidden = batches.length;
  await clock.advance(61_000);
  await clock.advance(0);
  const dead = sqs.queues.receive(`${ARN}:dead.fifo`, 10);
  expect({
    hidden,
    batches,
    dead: dead.map(({ message, systemAttributes }) => [
      message.body,
      systemAttributes.MessageGroupId,
      systemAttributes.DeadLetterQueueSourceArn,
    ]),
  }).toEqual({
    hidden: 1,
    batches: [
      ['bad', 'b1'],
      ['bad', 'a2'],
    ],
    dead: [['bad', 'a', `${ARN}:letters.fifo`]],
  });
});

test('a function that fails loses nothing: the whole batch comes again', async () => {
  let failures = 1;
  const batches = scriptedFunction(() => {
    failures -= 1;
    return failures < 0 ? DONE : { payload: '{}', functionError: 'Unhandled' };
  });
  send('a', 'a1');
  await settle();
  await clock.advance(60_000);
  expect({ batches, left: sqs.queues.receive(`${ARN}:letters.fifo`, 10) }).toEqual({
    batches: [['a1'], ['a1']],
    left: [],
  });
});

test('a function at its limit is asked again within the visibility timeout', async () => {
  let refusals = 2;
  const batches = scriptedFunction(() => {
    refusals -= 1;
    if (refusals < 0) return DONE;
    throw Object.assign(new Error('Rate Exceeded.'), { name: 'TooManyRequestsException' });
  });
  send('a', 'a1');
  await settle();
  await clock.advance(2000);
  expect({ batches, left: sqs.queues.receive(`${ARN}:letters.fifo`, 10) }).toEqual({
    batches: [['a1'], ['a1'], ['a1']],
    left: [],
  });
});

test.each([
  ['nothing', 'null', []],
  ['an object without failures', '{}', []],
  ['an empty list', '{"batchItemFailures":[]}', []],
  ['one of the batch', '{"batchItemFailures":[{"itemIdentifier":"2"}]}', ['2']],
  ['an id that was not in the batch', '{"batchItemFailures":[{"itemIdentifier":"9"}]}', ['1', '2']],
  ['an empty id', '{"batchItemFailures":[{"itemIdentifier":""}]}', ['1', '2']],
  ['another name', '{"batchItemFailures":[{"messageId":"1"}]}', ['1', '2']],
  ['a bare text', '"done"', ['1', '2']],
])('an answer with %s says which messages failed', (_what, payload, failed) => {
  expect([...failedItems(payload, ['1', '2'])]).toEqual(failed);
});
