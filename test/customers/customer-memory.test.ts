import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConversationChannel, Identity } from '../../shared/customers/customer.ts';
import { ANN, BOB, NINE, PHONE, said, startMemory } from './support.ts';

let world: Awaited<ReturnType<typeof startMemory>>;
let people = 0;

beforeAll(async () => {
  world = await startMemory();
});
afterAll(() => world.stop());

const somebody = (): Identity => {
  people += 1;
  return { kind: 'external', value: `somebody ${people}` };
};

test('ten who meet the same unknown number at once meet one customer', async () => {
  const met = await Promise.all(Array.from({ length: 10 }, () => world.memory.meet(ANN, PHONE, ' Maria \n Lopez ')));
  expect(new Set(met.map(({ customerId }) => customerId)).size).toBe(1);
  expect(met[0]).toEqual({
    ...ANN,
    customerId: met[0]?.customerId,
    identities: [PHONE],
    displayName: 'Maria Lopez',
    facts: {},
    nextEntry: 0,
    lastSeenAt: NINE / 1000,
    revision: 1,
    createdAt: NINE / 1000,
    expiresAt: NINE / 1000 + 30 * 86_400,
  });
});

test('the same number at another tenant, or at another agent of the same one, is somebody else', async () => {
  const other = { ...ANN, agentId: BOB.agentId };
  const here = await world.memory.meet(ANN, PHONE);
  await world.memory.remember(here, [said('whatsapp', 'My order is 4711')]);
  for (const agent of [BOB, other]) {
    const there = await world.memory.meet(agent, PHONE);
    expect(there.customerId).not.toBe(here.customerId);
    expect(await world.memory.contextOf(there)).toEqual({ facts: {}, recent: [] });
    expect(await world.store.find({ ...agent, customerId: here.customerId }, NINE / 1000)).toBeUndefined();
  }
  expect(await world.store.locate({ userId: BOB.userId, customerId: here.customerId }, NINE / 1000)).toBeUndefined();
});

test('a number that is not E.164 is nobody: a guess could be somebody else', async () => {
  await expect(world.memory.meet(ANN, { kind: 'phone', value: '0555 123' })).rejects.toMatchObject({
    code: 'invalid-request',
  });
});

test('what was said is told by channel, oldest first, and once however often it is brought', async () => {
  const customer = await world.memory.meet(ANN, somebody());
  const first = [said('whatsapp', 'Hello', 'w1'), said('whatsapp', 'Hi!', 'w1#reply', 'assistant')];
  await world.memory.remember(customer, first, { order: '4711' });
  await world.memory.remember(customer, [...first, said('phone', 'It is Ann', 'c1#4')], { city: 'Lima' });
  const now = await world.memory.meet(ANN, customer.identities[0] as Identity);
  expect({ ...now, revision: 0 }).toMatchObject({ nextEntry: 3, lastChannel: 'phone' });
  expect(await world.memory.contextOf(now)).toEqual({
    facts: { order: '4711', city: 'Lima' },
    recent: [
      { channel: 'whatsapp', role: 'user', text: 'Hello', atMs: NINE },
      { channel: 'whatsapp', role: 'assistant', text: 'Hi!', atMs: NINE },
      { channel: 'phone', role: 'user', text: 'It is Ann', atMs: NINE },
    ],
  });
});

const CHANNELS = ['whatsapp', 'phone', 'sms', 'api'] as const satisfies readonly ConversationChannel[];

/** What each channel brings: several writes of several entries, some of them brought twice. */
const speakers = fc.array(
  fc.record({
    channel: fc.constantFrom(...CHANNELS),
    writes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    isRepeated: fc.boolean(),
  }),
  { minLength: 2, maxLength: 4 },
);

test('channels that speak at once lose nothing, keep their order, and number without a gap', async () => {
  await fc.assert(
    fc.asyncProperty(speakers, async (plan) => {
      const customer = await world.memory.meet(ANN, somebody());
      const stories = plan.map(({ channel, writes, isRepeated }, speaker) => {
        let line = 0;
        const batches = writes.map((count) =>
          Array.from({ length: count }, () => {
            line += 1;
            return said(channel, `${speaker}:${line}`, `${speaker}:${line}`);
          }),
        );
        return { batches: isRepeated ? [...batches, batches.flat()] : batches, lines: line };
      });
      await Promise.all(
        stories.map(async ({ batches }) => {
          for (const batch of batches) await world.memory.remember(customer, batch);
        }),
      );
      const entries = (await world.store.entries(customer, { limit: 1000 }, NINE / 1000)).toReversed();
      const total = stories.reduce((sum, { lines }) => sum + lines, 0);
      expect(entries.map(({ entry }) => entry)).toEqual(Array.from({ length: total }, (_, index) => index));
      for (const [speaker, { lines }] of stories.entries()) {
        const own = entries.filter(({ text }) => text.startsWith(`${speaker}:`)).map(({ text }) => text);
        expect(own).toEqual(Array.from({ length: lines }, (_, index) => `${speaker}:${index + 1}`));
      }
    }),
    { numRuns: 12 },
  );
});

test('a customer who is seen again is kept, one who is not is forgotten with all that was said', async () => {
  const [kept, gone] = [somebody(), somebody()];
  const before = await world.memory.meet(ANN, kept);
  const lost = await world.memory.meet(ANN, gone);
  await world.memory.remember(lost, [said('sms', 'Bye')]);
  world.time.nowMs = NINE + 20 * 86_400_000;
  await world.memory.remember(before, [said('sms', 'Still here')]);
  world.time.nowMs = NINE + 31 * 86_400_000;
  try {
    const again = await world.memory.meet(ANN, kept);
    const stranger = await world.memory.meet(ANN, gone);
    expect([again.customerId === before.customerId, stranger.customerId === lost.customerId]).toEqual([true, false]);
    expect((await world.memory.contextOf(again)).recent.map(({ text }) => text)).toEqual(['Still here']);
    expect(await world.store.entries(lost, { limit: 10 }, world.time.nowMs / 1000)).toEqual([]);
  } finally {
    world.time.nowMs = NINE;
  }
});

test('who is erased leaves no row, and what arrives late brings nothing back', async () => {
  const identity: Identity = { kind: 'external', value: 'erase-me' };
  const customer = await world.memory.meet(ANN, identity, 'Erased Person');
  const lines = Array.from({ length: 40 }, (_, index) => said('chat', `erase-me ${index}`));
  await world.memory.remember(customer, lines, { note: 'erase-me' });
  await Promise.all([
    world.store.erase(customer),
    world.memory.remember(customer, [said('phone', 'erase-me meanwhile')]),
  ]);
  await world.memory.remember(customer, [said('phone', 'erase-me afterwards')]);
  await world.store.erase(customer);
  expect(await world.rowsWith('erase-me')).toEqual([]);
  expect(await world.rowsWith(customer.customerId)).toEqual([]);
  expect((await world.memory.meet(ANN, identity)).customerId).not.toBe(customer.customerId);
});

test('an agent that goes takes all its customers along, and nobody else’s', async () => {
  const agent = { ...ANN, agentId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b77' as never };
  const stays = await world.memory.meet(BOB, somebody());
  for (let index = 0; index < 7; index += 1) {
    const customer = await world.memory.meet(agent, somebody());
    await world.memory.remember(customer, [said('chat', 'Hello')]);
  }
  let rounds = 1;
  while (!(await world.store.forget(agent, 5))) rounds += 1;
  expect(rounds).toBeGreaterThan(1);
  expect(await world.rowsWith(agent.agentId)).toEqual([]);
  expect(await world.store.find(stays, NINE / 1000)).toEqual(stays);
});
