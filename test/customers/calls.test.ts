import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import type { CallEntry } from '../../shared/calls/call.ts';
import { dynamoCallStore } from '../../shared/calls/calls-dynamodb.ts';
import { UserId } from '../../shared/kernel/ids.ts';
import { randomIds } from '../../shared/kernel/real-dependencies.ts';
import { answerCustomer } from '../../shared/messages/answer-customer.ts';
import { dynamoConversationStore } from '../../shared/messages/conversations-dynamodb.ts';
import { dynamoMessageClaims } from '../../shared/messages/message-claims-dynamodb.ts';
import { type CallMemory, callMemory } from '../../shared/voice/keeper/call-memory.ts';
import { sessionKeeper } from '../../shared/voice/keeper/session-keeper.ts';
import type { CallDraft } from '../../shared/voice/stores/draft-call.ts';
import { dynamoSessionStore } from '../../shared/voice/stores/sessions-dynamodb.ts';
import { servingAgent, TABLES } from '../access/support/tables.ts';
import { checkpoint, draftOf, newCallId } from '../voice/stores/support.ts';
import { ANN, NINE, PHONE, startMemory } from './support.ts';

const HOUR_MS = 3_600_000;

let world: Awaited<ReturnType<typeof startMemory>>;
let noted: string[];
/** Makes remembering fail. */
let isBroken: boolean;

beforeAll(async () => {
  world = await startMemory();
});
afterAll(() => world.stop());
beforeEach(() => {
  noted = [];
  isBroken = false;
  world.time.nowMs = NINE;
});

const memoryOfCalls = (): CallMemory =>
  callMemory({
    memory: {
      ...world.memory,
      remember: (...write) =>
        isBroken ? Promise.reject(new Error('DynamoDB is busy.')) : world.memory.remember(...write),
    },
    store: world.store,
    entries: dynamoCallStore(TABLES, world.client).entries,
    clock: world.clock,
    log: (code) => noted.push(code),
  });

/** A telephone call whose first owner is about to answer. */
const ringing = async (changes: Partial<CallDraft> = {}, userId = 'ann') => {
  const callId = newCallId();
  const phone = { callSid: `CA${callId}`, fromNumber: PHONE.value, toNumber: '+15550001111' };
  const more = { channel: 'phone', transport: 'twilio', phone, nowMs: world.time.nowMs, ...changes } as const;
  const rows = draftOf(callId, userId, more);
  const sessions = dynamoSessionStore({ ...TABLES, VOICE_LINES: 100 }, world.client);
  const times = { nowMs: world.time.nowMs, lineUntilMs: world.time.nowMs + 30_000 };
  await sessions.open({ ...rows, ...times, mayWait: false });
  const owners = { summon: async () => undefined };
  const agents = dynamoAgentStore(TABLES, world.client);
  const deps = { sessions, owners, agents, clock: world.clock, secret: randomIds.secret, memory: memoryOfCalls() };
  return sessionKeeper(deps, { callId, epoch: 1, ownerToken: 'first' });
};

const turn = (seq: number, role: 'user' | 'assistant', text: string): CallEntry => ({
  kind: 'turn',
  seq,
  atMs: world.time.nowMs,
  role,
  turnNumber: seq,
  text,
});

const write = (entries: readonly CallEntry[], nextEntry: number) => ({
  entries,
  checkpoint: checkpoint(nextEntry),
  spentMicroUsd: 0,
});

const writes = async (text: string, userId = 'ann', messageId = text) => {
  await world.putAgent(servingAgent(ANN.agentId, { userId: UserId.parse(userId) }));
  const answer = 'Order 4711 leaves on Friday.';
  const messages = answerCustomer({
    agents: dynamoAgentStore(TABLES as never, world.client),
    memory: world.memory,
    claims: dynamoMessageClaims(TABLES, world.client),
    locks: dynamoConversationStore(TABLES, world.client),
    engineFor: () => ({
      reply: async () => ({
        answer,
        citations: [],
        toolCalls: [],
        handoff: null,
        usage: { inputTokens: 1, outputTokens: 1 },
      }),
    }),
    clock: world.clock,
    ids: randomIds,
    pause: () => setTimeout(5),
  });
  const sender = { userId: UserId.parse(userId), agentId: ANN.agentId, identity: PHONE, displayName: 'Maria' };
  return messages.answer({
    ...sender,
    channel: 'whatsapp',
    messageId,
    text,
    attachments: [],
    sentAtMs: world.time.nowMs,
  });
};

test('who asked on WhatsApp and phones an hour later is known; the same number at another tenant is not', async () => {
  await writes('When does order 4711 leave?');
  const customer = await world.memory.meet(ANN, PHONE);
  await world.store.write(customer, { summary: 'Bought a mattress in May.' }, {}, NINE / 1000);
  world.time.nowMs = NINE + HOUR_MS;
  const [here, there] = [await ringing(), await ringing({}, 'eve')];
  expect((await here.claim()).customer).toEqual({
    displayName: 'Maria',
    facts: {},
    summary: 'Bought a mattress in May.',
    recent: [
      { channel: 'whatsapp', role: 'user', text: 'When does order 4711 leave?', atMs: NINE },
      { channel: 'whatsapp', role: 'assistant', text: 'Order 4711 leaves on Friday.', atMs: NINE },
    ],
  });
  expect((await there.claim()).customer).toEqual({ facts: {}, recent: [] });
});

test('who phoned and then writes is known too; a withheld number is nobody', async () => {
  const [known, withheld] = [
    { callSid: 'CA1', fromNumber: '+15557770000', toNumber: '+15550001111' },
    { callSid: 'CA2', fromNumber: '+266696687', toNumber: '+15550001111' },
  ];
  const call = await ringing({ phone: known });
  await call.claim();
  await call.record(write([turn(0, 'assistant', 'Hello!'), turn(1, 'user', 'I am moving to Lima.')], 2));
  await call.record(write([turn(2, 'assistant', 'Noted.')], 3));
  const customer = await world.memory.meet(ANN, { kind: 'phone', value: known.fromNumber });
  expect((await world.memory.contextOf(customer)).recent.map(({ channel, text }) => [channel, text])).toEqual([
    ['phone', 'Hello!'],
    ['phone', 'I am moving to Lima.'],
    ['phone', 'Noted.'],
  ]);
  const nobody = await ringing({ phone: withheld });
  expect((await nobody.claim()).customer).toBeUndefined();
});

test('what could not be remembered during a call is when it ends, each word once; the call itself goes on', async () => {
  const call = await ringing({ channel: 'browser', transport: 'relay', customerRef: 'lead 7', phone: {} });
  await call.claim();
  await call.record(write([turn(0, 'user', 'First.')], 1));
  isBroken = true;
  await call.record(write([turn(1, 'assistant', 'Second.')], 2));
  isBroken = false;
  const end = { status: 'completed', reason: 'client-ended', checkpoint: checkpoint(3) } as const;
  await call.finish({ ...end, entries: [turn(2, 'user', 'Third.')] });
  const customer = await world.memory.meet(ANN, { kind: 'external', value: 'lead 7' });
  expect([noted, customer.lastChannel, customer.nextEntry]).toEqual([['customers.call.not-remembered'], 'browser', 3]);
  const texts = (await world.memory.contextOf(customer)).recent.map(({ text }) => text);
  expect(texts.toSorted()).toEqual(['First.', 'Second.', 'Third.']);
});

test('who takes a call over is told what was said before it, not what is in its own history', async () => {
  await writes('Do you deliver to Cusco?');
  const first = await ringing();
  await first.claim();
  await first.record(write([turn(0, 'user', 'It is me again.')], 1));
  const customer = await world.memory.meet(ANN, PHONE);
  const session = { userId: 'ann', agentId: ANN.agentId, callId: await lastCall(), cause: 'takeover' };
  const told = await memoryOfCalls().recall({ ...session, channel: 'phone', identity: PHONE } as never);
  const texts = told?.recent.map(({ text }) => text) ?? [];
  expect([texts.includes('Do you deliver to Cusco?'), texts.includes('It is me again.')]).toEqual([true, false]);
  expect(customer.lastChannel).toBe('phone');
});

const lastCall = async (): Promise<string> => {
  const customer = await world.memory.meet(ANN, PHONE);
  const [newest] = await world.store.entries(customer, { limit: 1 }, world.time.nowMs / 1000);
  return newest?.sourceId.split('#')[0] ?? '';
};

test('a customer erased during a call is not brought back by it', async () => {
  const identity = { kind: 'phone', value: '+15558880000' } as const;
  const call = await ringing({ phone: { callSid: 'CA3', fromNumber: identity.value, toNumber: '+15550001111' } });
  await call.claim();
  await world.store.erase(await world.memory.meet(ANN, identity));
  await call.record(write([turn(0, 'user', 'Hello?')], 1));
  expect(await world.store.findByIdentity(ANN, identity, NINE / 1000)).toBeUndefined();
});
