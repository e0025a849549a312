import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallEntry, CallId } from '../../../shared/calls/call.ts';
import { hashOfToken } from '../../../shared/voice/stores/session-keys.ts';
import type { TicketGrant, VoiceSession } from '../../../shared/voice/stores/voice-session.ts';
import { AGENT, checkpoint, claimOf, draftOf, NINE, newCallId, startStores, verdict } from './support.ts';

let world: Awaited<ReturnType<typeof startStores>>;

beforeAll(async () => {
  world = await startStores(1000);
});
afterAll(() => world.stop());

const opened = async (userId = 'ann') => {
  const callId = newCallId();
  const rows = draftOf(callId, userId);
  await world.sessions.open({ ...rows, nowMs: NINE, lineUntilMs: NINE + 30_000, mayWait: false });
  return { callId, ...rows };
};

const TIMES = { nowMs: NINE, leaseUntilMs: NINE + 15_000 };

const turn = (seq: number, text: string): CallEntry => ({
  kind: 'turn',
  seq,
  atMs: NINE,
  role: 'user',
  turnNumber: seq,
  text,
});

const callNext = (callId: CallId, epoch: number) =>
  world.sessions.callOwner({
    callId,
    epoch,
    tokenHash: hashOfToken(`token ${epoch}`),
    cause: 'takeover',
    calledAtMs: NINE,
  });

test('of many who call the next owner at once, one does', async () => {
  const { callId } = await opened();
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => callNext(callId, 2)));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await world.sessions.find(callId)).toMatchObject({ epoch: 2, claimedEpoch: 0, cause: 'takeover' });
});

test('a claim needs the token of the newest owner called; the claim of one who was replaced before is refused', async () => {
  const { callId } = await opened();
  expect(await verdict(world.sessions.claim(claimOf(callId, 1, 'guessed'), TIMES))).toBe('fenced');
  await callNext(callId, 2);
  expect(await verdict(world.sessions.claim(claimOf(callId, 1, 'first'), TIMES))).toBe('fenced');
  expect(await verdict(world.sessions.claim(claimOf(callId, 2, 'token 2'), TIMES))).toBe('done');
  // Its answer was lost: the same process asks again, another one with the same token is none.
  expect(await verdict(world.sessions.claim(claimOf(callId, 2, 'token 2'), TIMES))).toBe('done');
  expect(await verdict(world.sessions.claim(claimOf(callId, 2, 'token 2', 'other'), TIMES))).toBe('fenced');
});

interface Owner {
  readonly epoch: number;
  /** What it knows of the call; undefined until it has claimed it. */
  known: VoiceSession | undefined;
}

/** Claims if it has not, then writes one entry; both may come too late. */
const act = async (callId: CallId, owner: Owner, token: string, written: string[]): Promise<void> => {
  owner.known ??= await world.sessions.claim(claimOf(callId, owner.epoch, token), TIMES);
  const { recorded } = owner.known;
  const text = `by ${owner.epoch}`;
  const write = {
    entries: [turn(recorded, text)],
    checkpoint: checkpoint(recorded + 1),
    spentMicroUsd: 0,
    nowMs: NINE,
  };
  owner.known = await world.sessions.record({ callId, epoch: owner.epoch }, owner.known, write);
  written.push(text);
};

/** Two owners of a call, of whom the second comes at some moment; in each step one of them acts, or both at once. */
const race = async (steps: readonly (readonly [first: boolean, second: boolean])[]) => {
  const { callId } = await opened();
  const first: Owner = { epoch: 1, known: await world.sessions.claim(claimOf(callId, 1, 'first'), TIMES) };
  const second: Owner = { epoch: 2, known: undefined };
  const written: string[] = [];
  await callNext(callId, 2);
  for (const [firstActs, secondActs] of steps) {
    const work = [
      ...(firstActs ? [act(callId, first, 'first', written)] : []),
      ...(secondActs ? [act(callId, second, 'token 2', written)] : []),
    ];
    const outcomes = await Promise.all(work.map(verdict));
    expect(outcomes.filter((outcome) => outcome.startsWith('failed'))).toEqual([]);
  }
  return { entries: await world.calls.entries({ userId: 'ann', agentId: AGENT, callId }), written };
};

test('two owners who write at the same time never both do: every write that was told to be done stands, and the first’s end where the second’s begin', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 6 }), async (steps) => {
      const { entries, written } = await race(steps);
      expect(entries.map((entry) => (entry.kind === 'turn' ? entry.text : entry.kind))).toEqual(written.toSorted());
      expect(entries.map(({ seq }) => seq)).toEqual(written.map((_, index) => index));
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('a call is either answered or abandoned, never both', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { callId, session } = await opened();
    const end = { reason: 'client-gone' as const, failure: 'Nobody came.', nowMs: NINE };
    const [answered, abandoned] = await Promise.all([
      verdict(world.sessions.claim(claimOf(callId, 1, 'first'), TIMES)),
      world.sessions.abandon(session, end),
    ]);
    expect([answered, abandoned]).toEqual(abandoned ? ['fenced', true] : ['done', false]);
    const { status } = (await world.calls.find({ userId: 'ann', callId })) ?? {};
    expect(status).toBe(abandoned ? 'failed' : 'active');
  }
});

test('a call that is over can be called, claimed, renewed, written and attached to by nobody', async () => {
  const { callId, session } = await opened();
  const owner = { callId, epoch: 1 };
  const claimed = await world.sessions.claim(claimOf(callId, 1, 'first'), TIMES);
  const end = {
    status: 'completed',
    reason: 'client-ended',
    checkpoint: checkpoint(0),
    entries: [],
    nowMs: NINE,
  } as const;
  await world.sessions.finish(owner, claimed, end);
  const write = { entries: [turn(0, 'late')], checkpoint: checkpoint(1), spentMicroUsd: 0, nowMs: NINE };
  const until = { leaseUntilMs: NINE, lineUntilMs: NINE, extraLine: false };
  const next = {
    ...claimOf(callId, 2, 'next'),
    cause: 'hand-over' as const,
    calledAtMs: NINE,
    checkpoint: checkpoint(0),
  };
  expect([
    await callNext(callId, 2),
    await verdict(world.sessions.claim(claimOf(callId, 1, 'first', 'again'), TIMES)),
    await verdict(world.sessions.renew(owner, session, until)),
    await verdict(world.sessions.record(owner, claimed, write)),
    await verdict(world.sessions.handOver(owner, claimed, next)),
    await world.sessions.attachOwner(owner, 'late'),
    await world.sessions.attachClient(callId, 'late'),
    await verdict(world.sessions.finish(owner, claimed, end)),
  ]).toEqual([false, 'fenced', 'fenced', 'fenced', 'fenced', false, false, 'done']);
  expect(await world.calls.entries({ userId: 'ann', agentId: AGENT, callId })).toEqual([]);
});

test('more entries than one transaction takes are all there, in order, and counted once', async () => {
  const { callId } = await opened();
  const claimed = await world.sessions.claim(claimOf(callId, 1, 'first'), TIMES);
  const entries = Array.from({ length: 200 }, (_, seq) => turn(seq, `word ${seq}`));
  const write = { entries, checkpoint: checkpoint(200), spentMicroUsd: 0, nowMs: NINE };
  expect(await world.sessions.record({ callId, epoch: 1 }, claimed, write)).toMatchObject({ recorded: 200 });
  // The answer was lost, and the whole is sent again by who still knows the old row.
  await world.sessions.record({ callId, epoch: 1 }, claimed, write);
  const key = { userId: 'ann', agentId: AGENT, callId };
  expect((await world.calls.entries(key)).map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq));
  expect(await world.calls.find(key)).toMatchObject({ turns: 200 });
});

test('what a tenant’s calls cost is counted by the UTC day, from the growth of each, also when they write at once', async () => {
  const midnight = Date.UTC(2026, 10, 22);
  const calls = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const { callId } = await opened('eve');
      return world.sessions.claim(claimOf(callId, 1, 'first'), TIMES);
    }),
  );
  const spend = (known: (typeof calls)[number], spentMicroUsd: number, nowMs: number) =>
    world.sessions.record({ callId: known.callId, epoch: 1 }, known, {
      entries: [],
      checkpoint: checkpoint(0, spentMicroUsd),
      spentMicroUsd,
      nowMs,
    });
  const before = await Promise.all(calls.map((call) => spend(call, 100, midnight - 1)));
  await Promise.all(before.map((call) => spend(call, 130, midnight)));
  const days = await Promise.all(
    [midnight - 1, midnight, midnight + 86_400_000].map((at) => world.sessions.spentToday('eve', at)),
  );
  expect([...days, await world.sessions.spentToday('ann', midnight)]).toEqual([400, 120, 0, 0]);
});

test('of many who show the same ticket at once, one is let in; one that is too old lets nobody in', async () => {
  const grant: TicketGrant = { kind: 'client', userId: 'ann', agentId: AGENT };
  await world.tickets.issue('one', grant, NINE + 60_000);
  const shown = await Promise.all(Array.from({ length: 10 }, () => world.tickets.redeem('one', NINE + 59_999)));
  expect(shown.filter((redeemed) => redeemed !== undefined)).toEqual([grant]);
  await world.tickets.issue('two', grant, NINE + 60_000);
  expect(await world.tickets.redeem('two', NINE + 60_000)).toBeUndefined();
  expect(await world.tickets.redeem('never issued', NINE)).toBeUndefined();
});

test('a connection that is gone is not brought back by what is known of it late', async () => {
  const connection = {
    connectionId: 'c1',
    peer: { kind: 'client', userId: 'ann', agentId: AGENT },
    badMessages: 0,
    expiresAt: NINE / 1000 + 7200,
  } as const;
  await world.connections.connect(connection);
  const callId = newCallId();
  expect(await world.connections.change('c1', { callId })).toBe(true);
  expect(await Promise.all([1, 2, 3].map(() => world.connections.countBadMessage('c1')))).toEqual(
    expect.arrayContaining([1, 2, 3]),
  );
  expect(await world.connections.disconnect('c1')).toEqual({ ...connection, callId, badMessages: 3 });
  expect(await world.connections.change('c1', { callId })).toBe(false);
  expect(await world.connections.find('c1')).toBeUndefined();
});
