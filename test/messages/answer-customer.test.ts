import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import { AgentId, UserId } from '../../shared/kernel/ids.ts';
import { problem } from '../../shared/kernel/problems.ts';
import { randomIds } from '../../shared/kernel/real-dependencies.ts';
import { type AnswerCustomerDeps, answerCustomer } from '../../shared/messages/answer-customer.ts';
import { dynamoConversationStore } from '../../shared/messages/conversations-dynamodb.ts';
import type { CustomerMessage, CustomerMessages } from '../../shared/messages/customer-message.ts';
import { dynamoMessageClaims } from '../../shared/messages/message-claims-dynamodb.ts';
import type { ReplyEngine } from '../../shared/messages/reply-engine.ts';
import { servingAgent, TABLES } from '../access/support/tables.ts';
import { NINE, PHONE, startMemory } from '../customers/support.ts';

const AGENT = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const USAGE = { inputTokens: 1, outputTokens: 1 };

type Asked = Parameters<ReplyEngine['reply']>[0];

let world: Awaited<ReturnType<typeof startMemory>>;
let asked: Asked[];
/** What the engine does about the next question; it says it back otherwise. */
let next: ((request: Asked) => Promise<string>)[];
let count = 0;

beforeAll(async () => {
  world = await startMemory();
  messages = answerCustomer(depsOf());
});
afterAll(() => world.stop());
beforeEach(async () => {
  asked = [];
  next = [];
  await world.putAgent(servingAgent(AGENT));
});

const engine: ReplyEngine = {
  reply: async (request) => {
    asked.push(request);
    const answer = (await next.shift()?.(request)) ?? `You said: ${request.text}`;
    return { answer, citations: [], toolCalls: [], handoff: null, usage: USAGE };
  },
};

const depsOf = (changes: Partial<AnswerCustomerDeps> = {}): AnswerCustomerDeps => ({
  agents: dynamoAgentStore(TABLES as never, world.client),
  memory: world.memory,
  claims: dynamoMessageClaims(TABLES, world.client),
  locks: dynamoConversationStore(TABLES, world.client),
  engineFor: () => engine,
  clock: world.clock,
  ids: randomIds,
  pause: () => setTimeout(5),
  ...changes,
});
let messages: CustomerMessages;

const messageOf = (text: string, changes: Partial<CustomerMessage> = {}): CustomerMessage => {
  count += 1;
  return {
    userId: UserId.parse('ann'),
    agentId: AgentId.parse(AGENT),
    channel: 'whatsapp',
    messageId: `wamid.${count}`,
    identity: { kind: 'external', value: `customer ${count}` },
    text,
    attachments: [],
    sentAtMs: NINE,
    ...changes,
  };
};

const codeOf = (error: unknown) => (error as { readonly code?: string }).code;

test('a message is answered with all that is known of its sender, and both sides are remembered', async () => {
  await world.putAgent(servingAgent(AGENT, { businessContext: { hours: '9 to 5' } }));
  const first = messageOf('Is my mattress on its way?', { identity: PHONE, displayName: 'Maria' });
  const reply = await messages.answer(first);
  const { customerId } = await world.memory.meet(first, PHONE);
  expect(reply).toEqual({
    outcome: 'answered',
    text: 'You said: Is my mattress on its way?',
    customerId,
    handoff: null,
    wasSent: false,
  });
  await messages.answer(messageOf('And when?', { identity: PHONE, channel: 'sms', attachments: ['image', 'image'] }));
  expect(asked[1]).toMatchObject({
    channel: 'sms',
    sessionId: `customer-${customerId}`,
    text: 'And when?\n[Came with it, and you cannot open it: image]',
    history: [
      { role: 'user', text: '[by whatsapp] Is my mattress on its way?' },
      { role: 'assistant', text: 'You said: Is my mattress on its way?' },
    ],
    context: { business: { hours: '9 to 5' }, customer: { displayName: 'Maria', facts: {} } },
  });
});

test('the same message ten times at once is answered once; whoever repeats it later is told the same words', async () => {
  const message = messageOf('Hello?');
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => messages.answer(message)));
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []));
  expect(refused).toEqual(Array.from({ length: 9 }, () => 'session-busy'));
  await messages.markSent(message);
  const again = await messages.answer(message);
  expect([asked.length, again]).toEqual([1, expect.objectContaining({ text: 'You said: Hello?', wasSent: true })]);
});

test('a reply that was stored and never sent is given out again, when nobody can be sending it any more', async () => {
  const message = messageOf('Hello?');
  await messages.answer(message);
  await expect(messages.answer(message)).rejects.toMatchObject({ code: 'session-busy' });
  world.time.nowMs += 60_000;
  try {
    expect(await messages.answer(message)).toMatchObject({ text: 'You said: Hello?', wasSent: false });
  } finally {
    world.time.nowMs = NINE;
  }
  expect(asked).toHaveLength(1);
});

test('a reply whose storing was the last thing a process did is remembered by the next', async () => {
  const message = messageOf('Do you know me?');
  const dying = answerCustomer(
    depsOf({ memory: { ...world.memory, remember: () => Promise.reject(new Error('The process is gone.')) } }),
  );
  await expect(dying.answer(message)).rejects.toThrow('The process is gone.');
  world.time.nowMs += 60_000;
  try {
    await messages.answer(message);
  } finally {
    world.time.nowMs = NINE;
  }
  const customer = await world.memory.meet(message, message.identity);
  expect((await world.memory.contextOf(customer)).recent.map(({ text }) => text)).toEqual([
    'Do you know me?',
    'You said: Do you know me?',
  ]);
});

test('after a failure of the agent the next delivery is answered at once', async () => {
  const message = messageOf('Hello?');
  next.push(() => Promise.reject(problem('agent-unavailable', 'The agent cannot be reached at the moment.')));
  await expect(messages.answer(message)).rejects.toMatchObject({ code: 'agent-unavailable' });
  expect(await messages.answer(message)).toMatchObject({ outcome: 'answered', wasSent: false });
});

test('messages of one customer that come at once are answered one after the other', async () => {
  const identity = { kind: 'external', value: 'impatient' } as const;
  let working = 0;
  let most = 0;
  const slowly = async ({ text }: Asked) => {
    working += 1;
    most = Math.max(most, working);
    await setTimeout(10);
    working -= 1;
    return `Answer to ${text}`;
  };
  next.push(slowly, slowly, slowly, slowly);
  const channels = ['whatsapp', 'sms', 'chat', 'whatsapp'] as const;
  await Promise.all(channels.map((channel, index) => messages.answer(messageOf(`Q${index}`, { identity, channel }))));
  expect([most, asked.map(({ history }) => history.length)]).toEqual([1, [0, 2, 4, 6]]);
  const customer = await world.memory.meet(messageOf(''), identity);
  const lines = (await world.memory.contextOf(customer)).recent.map(({ text }) => text);
  expect(lines.filter((_, index) => index % 2 === 1)).toEqual(
    lines.filter((_, index) => index % 2 === 0).map((question) => `Answer to ${question}`),
  );
});

test('fifty customers at once each get the answer to their own question', async () => {
  const all = Array.from({ length: 50 }, (_, index) => messageOf(`Question ${index}`));
  const replies = await Promise.all(all.map((message) => messages.answer(message)));
  expect(replies.map((reply) => ('text' in reply ? reply.text : reply.outcome))).toEqual(
    all.map(({ text }) => `You said: ${text}`),
  );
  expect(new Set(replies.map((reply) => ('customerId' in reply ? reply.customerId : ''))).size).toBe(50);
});

test('a paused agent gives its notice, a stopped one and one that is gone say nothing; none of them is asked', async () => {
  await world.putAgent(servingAgent(AGENT, { status: 'paused', notices: { paused: 'Back on Monday.' } }));
  const paused = messageOf('Hello?');
  expect(await messages.answer(paused)).toEqual({ outcome: 'paused', text: 'Back on Monday.', wasSent: false });
  await messages.markSent(paused);
  expect(await messages.answer(paused)).toEqual({ outcome: 'paused', text: 'Back on Monday.', wasSent: true });
  await world.putAgent(servingAgent(AGENT, { status: 'stopped' }));
  expect(await messages.answer(messageOf('Hello?'))).toEqual({ outcome: 'silent', reason: 'stopped' });
  const foreign = messageOf('Hello?', { userId: UserId.parse('eve') });
  expect(await messages.answer(foreign)).toEqual({ outcome: 'silent', reason: 'gone' });
  const { activeVersion: _none, ...unborn } = servingAgent(AGENT, { status: 'creating' });
  await world.putAgent(unborn);
  await expect(messages.answer(messageOf('Hello?'))).rejects.toMatchObject({ code: 'agent-not-ready' });
  expect(asked).toEqual([]);
});

test('while a person speaks with the customer the agent only listens', async () => {
  const message = messageOf('Are you human?');
  const customer = await world.memory.meet(message, message.identity);
  await world.store.write(customer, { withPersonUntil: NINE / 1000 + 600 }, {}, NINE / 1000);
  expect(await messages.answer(message)).toEqual({ outcome: 'silent', reason: 'with-a-person' });
  const { recent } = await world.memory.contextOf(await world.memory.meet(message, message.identity));
  expect([asked, recent.map(({ text }) => text)]).toEqual([[], ['Are you human?']]);
});

test('a million characters are cut, and half a character is none', async () => {
  const text = '💬'.repeat(500_000);
  await messages.answer(messageOf(text));
  const [{ text: heard }] = asked as [Asked];
  expect([heard.length <= 10_000, heard.isWellFormed()]).toEqual([true, true]);
});

test('who is erased takes stored replies along; who is erased while being answered leaves nothing', async () => {
  const before = messageOf('Forget-this one');
  await messages.answer(before);
  await world.store.erase(await world.memory.meet(before, before.identity));
  const during = messageOf('Forget-this two');
  next.push(async () => {
    await world.store.erase(await world.memory.meet(during, during.identity));
    return 'Forget-this three';
  });
  expect(await messages.answer(during)).toMatchObject({ outcome: 'answered', text: 'Forget-this three' });
  await messages.markSent(during);
  expect(await world.rowsWith('Forget-this')).toEqual([]);
});

test('what an agent collected for a hand-over to a person is known afterwards', async () => {
  const message = messageOf('I want to return my mattress');
  const handoff = { reason: 'return', summary: 'Wants to return.', collected: { order: '4711' }, clauseIds: [] };
  const handing: ReplyEngine = {
    reply: async () => ({ answer: 'One moment.', citations: [], toolCalls: [], handoff, usage: USAGE }),
  };
  const reply = await answerCustomer(depsOf({ engineFor: () => handing })).answer(message);
  const customer = await world.memory.meet(message, message.identity);
  expect([reply, customer.facts]).toMatchObject([{ handoff }, { order: '4711' }]);
});
