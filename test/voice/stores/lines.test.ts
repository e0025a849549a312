import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId } from '../../../shared/calls/call.ts';
import type { Opened } from '../../../shared/voice/stores/session-store.ts';
import { claimOf, draftOf, NINE, newCallId, startStores } from './support.ts';

const LINE_MS = 30_000;
let world: Awaited<ReturnType<typeof startStores>>;
let nowMs = NINE;

beforeAll(async () => {
  world = await startStores(20);
});
afterAll(() => world.stop());

interface Caller {
  readonly userId: string;
  readonly callId: CallId;
}

const open = async ({ userId, callId }: Caller, mayWait: boolean): Promise<Caller & Opened> => ({
  userId,
  callId,
  ...(await world.sessions.open({
    ...draftOf(callId, userId),
    nowMs,
    lineUntilMs: nowMs + LINE_MS,
    mayWait,
  })),
});

const callers = (number: number, tenants: readonly string[]): readonly Caller[] =>
  Array.from({ length: number }, (_, index) => ({
    userId: tenants[index % tenants.length] ?? '',
    callId: newCallId(),
  }));

/** One after the other. */
const inTurn = async (all: readonly Caller[]) => {
  const outcomes: Awaited<ReturnType<typeof open>>[] = [];
  for (const caller of all) outcomes.push(await open(caller, false));
  return outcomes;
};

const per = (opened: readonly Caller[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { userId } of opened) counts[userId] = (counts[userId] ?? 0) + 1;
  return counts;
};

/** Lines of the step before are free again. */
const later = () => {
  nowMs += 10 * LINE_MS;
};

test('of fifty callers of three tenants who come at once, twenty get a line, none of them all, and the rest wait in order', async () => {
  later();
  const outcomes = await Promise.all(callers(50, ['ann', 'bob', 'eve']).map((caller) => open(caller, true)));
  const opened = outcomes.filter((outcome) => outcome.opened);
  const places = outcomes.flatMap((outcome) => ('position' in outcome ? [outcome.position] : []));
  expect(opened).toHaveLength(20);
  expect(Object.keys(per(opened)).toSorted()).toEqual(['ann', 'bob', 'eve']);
  expect(places.toSorted((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  for (const { userId, callId, ...outcome } of outcomes) {
    const rows = [await world.sessions.find(callId), await world.calls.find({ userId, callId })];
    expect(rows.map((row) => row !== undefined)).toEqual([outcome.opened, outcome.opened]);
  }
}, 60_000);

test('a tenant alone may have all lines; where there is another, the last two are for who has less than its share', async () => {
  later();
  expect(per((await inTurn(callers(22, ['ann']))).filter((outcome) => outcome.opened))).toEqual({ ann: 20 });
  later();
  const outcomes = await inTurn([...callers(1, ['bob']), ...callers(22, ['ann']), ...callers(3, ['bob'])]);
  expect(per(outcomes.filter((outcome) => outcome.opened))).toEqual({ ann: 17, bob: 3 });
});

test('a line that nobody renews is free after its time; one that an owner renews is not', async () => {
  later();
  const [kept, lost] = callers(20, ['ann']);
  if (kept === undefined || lost === undefined) throw new Error('Two callers were wanted.');
  for (const caller of [kept, lost]) expect(await open(caller, false)).toMatchObject({ opened: true });
  await world.sessions.claim(claimOf(kept.callId, 1, 'first'), { nowMs, leaseUntilMs: nowMs + 15_000 });
  nowMs += LINE_MS - 1000;
  const until = { leaseUntilMs: nowMs + 15_000, lineUntilMs: nowMs + LINE_MS, extraLine: false };
  await world.sessions.renew({ callId: kept.callId, epoch: 1 }, kept, until);
  nowMs += 2000;
  const outcomes = await inTurn(callers(25, ['ann']));
  expect(outcomes.filter((outcome) => outcome.opened)).toHaveLength(19);
});

test('who keeps asking for the place it has moves up as lines get free, and takes the first that is', async () => {
  later();
  const held = await inTurn(callers(20, ['ann']));
  const [early, late] = callers(2, ['ann']);
  if (early === undefined || late === undefined) throw new Error('Two callers were wanted.');
  const positions = async () => [await open(early, true), await open(late, true)];
  expect(await positions()).toMatchObject([{ position: 1 }, { position: 2 }]);
  const [done] = held;
  if (done === undefined) throw new Error('Nobody holds a line.');
  const end = { reason: 'failed' as const, failure: 'Nobody came.', nowMs };
  expect(await world.sessions.abandon(done, end)).toBe(true);
  expect(await positions()).toMatchObject([{ opened: true }, { position: 1 }]);
});

test('the same call is opened once, however often it is asked for', async () => {
  later();
  const [caller] = callers(1, ['ann']);
  if (caller === undefined) throw new Error('A caller was wanted.');
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => open(caller, false)));
  expect(outcomes.filter((outcome) => outcome.opened)).toHaveLength(1);
  expect(outcomes.filter((outcome) => 'reason' in outcome && outcome.reason === 'taken')).toHaveLength(4);
});
