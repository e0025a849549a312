import { describe, expect, it } from 'vitest';
import type { Channel } from '../../shared/channels/channel.ts';
import { problem } from '../../shared/kernel/problems.ts';
import type { CustomerMessage, CustomerReply } from '../../shared/messages/customer-message.ts';
import { type AnswerCustomerMessageDeps, answerCustomerMessages } from '../../shared/social/answer-customer-message.ts';
import { SendError, type SendFailure } from '../../shared/social/outbound/send-error.ts';
import type { ReplySender } from '../../shared/social/outbound/senders.ts';
import type { QueuedMessage } from '../../shared/social/queued-message.ts';
import { fakeQueue } from './support/fake-queue.ts';
import { NOON_MS } from './support/platform-payloads.ts';
import { AGENT, ANN } from './support/webhooks.ts';

const message = (customer: string, id: string, more: Partial<CustomerMessage> = {}): QueuedMessage => ({
  message: {
    userId: ANN,
    agentId: AGENT,
    channel: 'whatsapp',
    messageId: id,
    identity: { kind: 'phone', value: `+${customer}` },
    text: `Question ${id}`,
    attachments: [],
    sentAtMs: NOON_MS,
    ...more,
  },
  route: { kind: 'whatsapp', accountId: '106540352242922', to: customer },
});

/** A worker whose agent answers with the question's echo, over a queue; the test says what goes wrong. */
const startWorker = (change: Partial<AnswerCustomerMessageDeps> = {}, maxReceives = 10) => {
  const sqs = fakeQueue(maxReceives);
  const claims = new Map<string, { sent: boolean }>();
  const world = {
    channel: {
      userId: ANN,
      agentId: AGENT,
      channelType: 'whatsapp',
      status: 'active',
      settings: { autoReplyEnabled: true },
      resources: {},
      run: 1,
      attempt: 1,
      createdAt: 1,
      updatedAt: 1,
    } as Channel | undefined,
    asked: [] as string[],
    sent: [] as string[],
    remembered: [] as string[],
    logged: [] as string[],
    counts: new Map<string, number>(),
    nowMs: NOON_MS + 1000,
    remainingMs: 150_000,
    answer: (one: CustomerMessage): CustomerReply => ({
      outcome: 'answered',
      text: `Answer to ${one.messageId}`,
      customerId: 'c' as never,
      handoff: null,
      wasSent: false,
    }),
    send: async (_text: string): Promise<void> => undefined,
  };
  const sender: ReplySender = async ({ route, text }) => {
    await world.send(text);
    world.sent.push(`${'to' in route ? route.to : ''}: ${text}`);
  };
  const deps: AnswerCustomerMessageDeps = {
    messages: {
      answer: async (one) => {
        world.asked.push(one.messageId);
        await new Promise(setImmediate);
        const reply = world.answer(one);
        return reply.outcome === 'silent' ? reply : { ...reply, wasSent: claims.get(one.messageId)?.sent ?? false };
      },
      markSent: async ({ messageId }) => void claims.set(messageId, { sent: true }),
    },
    memory: {
      meet: async () => ({}) as never,
      remember: async (_customer, entries) => void world.remembered.push(...entries.map(({ text }) => text)),
    },
    channels: {
      find: async () => world.channel,
      update: async (_key, { statusReason }) => {
        const { statusReason: _old, ...rest } = world.channel as Channel;
        world.channel = { ...rest, ...(statusReason == null ? {} : { statusReason }) };
        return { written: true, channel: world.channel };
      },
    },
    queue: sqs.queue,
    senders: {
      whatsapp: sender,
      'whatsapp-aws': sender,
      facebook: sender,
      instagram: sender,
      twitter: sender,
    } as never,
    sentParts: {
      count: async ({ messageId }) => world.counts.get(messageId) ?? 0,
      record: async ({ messageId }, count) => void world.counts.set(messageId, count),
    },
    clock: { now: () => world.nowMs },
    log: (code) => void world.logged.push(code),
    ...change,
  };
  const work = answerCustomerMessages(deps);
  const drain = () => sqs.drain((event) => work(event, { getRemainingTimeInMillis: () => world.remainingMs }));
  return { world, sqs, drain };
};

const failing = (failure: SendFailure, times: number, retryAfterSeconds?: number) => {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw new SendError(failure, '190', 'refused', { retryAfterSeconds });
  };
};

describe('messages in the queue', () => {
  it('of fifty customers at once are answered once each, those of a customer in their order', async () => {
    const { world, sqs, drain } = startWorker();
    const customers = Array.from({ length: 50 }, (_, index) => `1555000${String(index).padStart(4, '0')}`);
    const round = (number: number) =>
      customers.map((one) => message(one, `${one}-${number}`, { sentAtMs: NOON_MS + number }));
    await sqs.queue.enqueue([1, 2, 3, 4].flatMap(round));
    await drain();
    expect({ sent: world.sent.length, left: sqs.size(), dead: sqs.dead }).toEqual({ sent: 200, left: 0, dead: [] });
    for (const one of customers) {
      const own = world.sent.filter((line) => line.startsWith(`${one}:`));
      expect(own).toEqual([1, 2, 3, 4].map((number) => `${one}: Answer to ${one}-${number}`));
    }
  });

  it('that came out of order are answered in the order they were written, where they wait together', async () => {
    const { world, sqs, drain } = startWorker();
    await sqs.queue.enqueue(
      [3, 1, 2].map((number) => message('15550001', `m${number}`, { sentAtMs: NOON_MS + number })),
    );
    await drain();
    expect(world.asked).toEqual(['m1', 'm2', 'm3']);
  });

  it('that come ten times are answered once', async () => {
    const { world, sqs, drain } = startWorker();
    for (let time = 0; time < 10; time += 1) await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect(world.sent).toEqual(['15550001: Answer to m1']);
  });

  it('are not answered for agents that are stopped or gone, on channels being retired, or twice', async () => {
    const { world, sqs, drain } = startWorker();
    const answer = world.answer;
    world.answer = ({ messageId }) => ({ outcome: 'silent', reason: messageId === 'm1' ? 'stopped' : 'gone' });
    await sqs.queue.enqueue([message('15550001', 'm1'), message('15550001', 'm2')]);
    await drain();
    world.answer = answer;
    world.channel = { ...(world.channel as Channel), status: 'retiring' };
    await sqs.queue.enqueue([message('15550001', 'm3')]);
    await drain();
    world.channel = undefined;
    await sqs.queue.enqueue([message('15550001', 'm4')]);
    await drain();
    expect({ sent: world.sent, left: sqs.size(), dead: sqs.dead }).toEqual({ sent: [], left: 0, dead: [] });
  });

  it('get the notice of a paused agent', async () => {
    const { world, sqs, drain } = startWorker();
    world.answer = () => ({ outcome: 'paused', text: 'We are on holiday.', wasSent: false });
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect(world.sent).toEqual(['15550001: We are on holiday.']);
  });

  it('are remembered only, where the owner has switched replies off', async () => {
    const { world, sqs, drain } = startWorker();
    world.channel = { ...(world.channel as Channel), settings: { autoReplyEnabled: false } };
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect({ asked: world.asked, remembered: world.remembered }).toEqual({ asked: [], remembered: ['Question m1'] });
  });

  it('wait while the agent is not answering, and nothing overtakes them', async () => {
    const { world, sqs, drain } = startWorker();
    const answer = world.answer;
    let down = 2;
    world.answer = (one) => {
      if (one.messageId !== 'm1' || down === 0) return answer(one);
      down -= 1;
      throw problem('agent-unavailable', 'Not now.', { retryAfterSeconds: 30 });
    };
    await sqs.queue.enqueue([message('15550001', 'm1'), message('15550001', 'm2'), message('15550002', 'n1')]);
    await drain();
    expect(world.sent).toEqual(['15550002: Answer to n1', '15550001: Answer to m1', '15550001: Answer to m2']);
    expect(sqs.delays.map(({ seconds }) => seconds)).toEqual([30, 30, 30, 30]);
  });

  it('that nobody of ours queued end among the dead, and hold nobody up', async () => {
    const { world, sqs, drain } = startWorker({}, 3);
    sqs.putRaw('{"message": "a secret"');
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect({ dead: sqs.dead.length, sent: world.sent }).toEqual({ dead: 1, sent: ['15550001: Answer to m1'] });
  });

  it('for which there is no time left are left to the next invocation', async () => {
    const { world, sqs, drain } = startWorker({}, 2);
    world.remainingMs = 30_000;
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect({ asked: world.asked, delays: sqs.delays.map(({ seconds }) => seconds) }).toEqual({
      asked: [],
      delays: [0, 0],
    });
  });
});

describe('a reply', () => {
  it('that is long comes in pieces, and goes on where it broke off', async () => {
    const { world, sqs, drain } = startWorker();
    const paragraph = (letter: string) => letter.repeat(3000);
    world.answer = () => ({ outcome: 'paused', text: ['a', 'b', 'c'].map(paragraph).join('\n\n'), wasSent: false });
    let calls = 0;
    world.send = async () => {
      calls += 1;
      if (calls === 2) throw new SendError('unavailable', '500', 'down');
    };
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect(world.sent.map((line) => line.slice(10, 12))).toEqual(['a', 'b', 'c'].map((letter) => letter.repeat(2)));
  });

  it('the platform counts waits as long as the platform says, and is sent once', async () => {
    const { world, sqs, drain } = startWorker();
    world.send = failing('rate-limited', 2, 900);
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect({ sent: world.sent, delays: sqs.delays.map(({ seconds }) => seconds), logged: world.logged }).toEqual({
      sent: ['15550001: Answer to m1'],
      delays: [900, 900],
      logged: ['social.reply.not-sent', 'social.reply.not-sent'],
    });
  });

  it('with an expired token makes the channel say so and ends among the dead; a new token clears it', async () => {
    const { world, sqs, drain } = startWorker({}, 4);
    world.send = failing('credentials-refused', 4);
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect({ dead: sqs.dead.length, sent: world.sent, reason: world.channel?.statusReason?.code }).toEqual({
      dead: 1,
      sent: [],
      reason: 'channel-credentials-refused',
    });
    await sqs.queue.enqueue([message('15550001', 'm2')]);
    await drain();
    expect({ sent: world.sent, reason: world.channel?.statusReason }).toEqual({
      sent: ['15550001: Answer to m2'],
      reason: undefined,
    });
  });

  it('that the platform never takes does not hold up the next one', async () => {
    const { world, sqs, drain } = startWorker({}, 2);
    world.send = async (text) => {
      if (text === 'Answer to m1') throw new SendError('refused', '131009', 'no');
    };
    await sqs.queue.enqueue([message('15550001', 'm1'), message('15550001', 'm2')]);
    await drain();
    expect({ sent: world.sent, dead: sqs.dead.length }).toEqual({ sent: ['15550001: Answer to m2'], dead: 1 });
  });

  it('too late for the platform, or for somebody who has gone, is dropped', async () => {
    const { world, sqs, drain } = startWorker();
    world.nowMs = NOON_MS + 24 * 3_600_000;
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    world.nowMs = NOON_MS;
    world.send = failing('recipient-gone', 1);
    await sqs.queue.enqueue([message('15550001', 'm2')]);
    await drain();
    expect({ sent: world.sent, left: sqs.size(), logged: world.logged }).toEqual({
      sent: [],
      left: 0,
      logged: ['social.reply.dropped', 'social.reply.dropped'],
    });
  });

  it('that hands over to a person does so after the words, and repeats the hand-over alone', async () => {
    let attempts = 0;
    const { world, sqs, drain } = startWorker({
      handOver: async () => {
        attempts += 1;
        if (attempts === 1) throw problem('service-unavailable', 'Not now.');
      },
    });
    const handoff = { reason: 'wants a person', summary: 's', collected: {}, clauseIds: [] };
    const answer = world.answer;
    world.answer = (one) => ({ ...(answer(one) as Extract<CustomerReply, { outcome: 'answered' }>), handoff });
    await sqs.queue.enqueue([message('15550001', 'm1')]);
    await drain();
    expect({ attempts, sent: world.sent }).toEqual({ attempts: 2, sent: ['15550001: Answer to m1'] });
  });
});
