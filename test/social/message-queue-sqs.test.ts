import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { batchesOf, sqsMessageQueue } from '../../shared/social/message-queue-sqs.ts';
import {
  conversationGroup,
  deduplicationId,
  type QueuedMessage,
  readQueuedMessage,
} from '../../shared/social/queued-message.ts';
import { awsAnswers } from '../voice/support/aws-answers.ts';
import { NOON_MS } from './support/platform-payloads.ts';
import { AGENT, ANN } from './support/webhooks.ts';

const queued = (customer: string, id: string): QueuedMessage => ({
  message: {
    userId: ANN,
    agentId: AGENT,
    channel: 'facebook',
    messageId: id,
    identity: { kind: 'facebook', value: customer },
    text: 'Hi',
    attachments: [],
    sentAtMs: NOON_MS,
  },
  route: { kind: 'facebook', accountId: '19', to: customer },
});

const stopping: (() => void)[] = [];
afterEach(() => {
  for (const stop of stopping.splice(0)) stop();
});

const start = async (...bodies: readonly object[]) => {
  const aws = await awsAnswers(...bodies.map((body) => ({ status: 200, body: JSON.stringify(body) })));
  stopping.push(aws.stop);
  const queue = sqsMessageQueue({ MESSAGE_QUEUE_URL: 'https://sqs.example/q.fifo' }, aws.context);
  const asked = () =>
    aws.seen.map(({ headers, body }) => {
      const { Entries } = JSON.parse(body) as { Entries: { Id: string; MessageBody?: string }[] };
      return { target: headers['x-amz-target'], entries: Entries };
    });
  return { queue, asked };
};

describe('the queue of messages', () => {
  it('gets each message with its conversation and its name, and gives it back as it was', async () => {
    const { queue, asked } = await start({ Successful: [] });
    await queue.enqueue([queued('4242', 'm1')]);
    const one = queued('4242', 'm1');
    expect(asked()).toEqual([
      {
        target: 'AmazonSQS.SendMessageBatch',
        entries: [
          {
            Id: '0',
            MessageBody: JSON.stringify(one),
            MessageGroupId: conversationGroup(one.message),
            MessageDeduplicationId: deduplicationId(one.message),
          },
        ],
      },
    ]);
    expect(readQueuedMessage(JSON.stringify(one))).toEqual(one);
  });

  it('is given once more what it did not take, and says so when it still does not', async () => {
    const refused = { Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] };
    const messages = [queued('1', 'a'), queued('2', 'b')];
    const second = await start(refused, { Successful: [] });
    await second.queue.enqueue(messages);
    expect(second.asked().map(({ entries }) => entries.map(({ Id }) => Id))).toEqual([['0', '1'], ['1']]);
    const never = await start(refused, { Failed: [{ Id: '1', Code: 'InternalError' }] });
    await expect(never.queue.enqueue(messages)).rejects.toThrow('SQS did not take a message: InternalError.');
  });

  it('is told when messages are handed out again', async () => {
    const { queue, asked } = await start({ Successful: [] });
    await queue.delay(Array.from({ length: 11 }, (_, index) => ({ receiptHandle: `r${index}`, seconds: 50 })));
    expect(asked().map(({ target, entries }) => [target, entries.length])).toEqual([
      ['AmazonSQS.ChangeMessageVisibilityBatch', 10],
      ['AmazonSQS.ChangeMessageVisibilityBatch', 1],
    ]);
  });

  it('gets batches within its limits, in order, no conversation twice in one', () => {
    const entry = fc.record({
      MessageBody: fc.integer({ min: 1, max: 90_000 }).map((length) => 'x'.repeat(length)),
      MessageGroupId: fc.constantFrom('a', 'b', 'c', 'd'),
      MessageDeduplicationId: fc.uuid(),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 25 }), (entries) => {
        const batches = batchesOf(entries);
        expect(batches.flat()).toEqual(entries);
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(new Set(batch.map(({ MessageGroupId }) => MessageGroupId)).size).toBe(batch.length);
          expect(batch.reduce((sum, { MessageBody }) => sum + MessageBody.length, 0)).toBeLessThanOrEqual(200_000);
        }
      }),
      { numRuns: 40 },
    );
  });
});
