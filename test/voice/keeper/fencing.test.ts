import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallEntry, CallId } from '../../../shared/calls/call.ts';
import { NO_COST } from '../../../shared/calls/prices.ts';
import { type Checkpoint, FencedError, LEASE_MS } from '../../../shared/voice/keeper/call-keeper.ts';
import { keepCall } from '../../../shared/voice/keeper/keep-call.ts';
import { draftCall } from '../../../shared/voice/stores/draft-call.ts';
import { dynamoCallEndings } from '../../../shared/voice/stores/sessions-dynamodb.ts';
import { VoiceSettings } from '../../../shared/voice/voice-settings.ts';
import { servingAgent, TABLES } from '../../access/support/tables.ts';
import { AGENT, startGateway } from '../gateway/support.ts';

let world: Awaited<ReturnType<typeof startGateway>>;
let count = 0;

beforeAll(async () => {
  world = await startGateway(1000);
});
afterAll(() => world.stop());

/** Nobody is recorded here. */
const NO_UPLOADS = { sign: () => Promise.reject(new Error('An address was asked for.')) };
const POLICY = { tenantDailyBudgetUsd: 50, recordTtlDays: 30 };

const checkpoint = (nextEntry: number, model = 0): Checkpoint => ({
  turn: nextEntry,
  nextEntry,
  nextAudioSeq: 0,
  history: [],
  unanswered: undefined,
  engine: 'nova-sonic',
  cost: { ...NO_COST, model },
  client: {
    inputSampleRateHertz: 16_000,
    outputSampleRateHertz: 24_000,
    voice: 'tiffany',
    language: 'en-US',
    recordingConsent: false,
  },
  handoff: undefined,
});

const turn = (seq: number, text: string): CallEntry => ({
  kind: 'turn',
  seq,
  atMs: world.time.nowMs,
  role: 'user',
  turnNumber: seq,
  text,
});

/** A call with its first owner called. */
const openCall = async (userId = 'ann', voice = VoiceSettings.parse({})) => {
  count += 1;
  const callId = CallId.parse(`019a5c1e-7d00-7a3b-9c55-${String(count).padStart(12, '0')}`);
  const agent = servingAgent(AGENT, { userId: userId as never, voice });
  const { runtime } = agent;
  if (runtime === undefined) throw new Error('The agent has no runtime.');
  const parties = { callId, agent, runtime, channel: 'browser', direction: 'inbound', transport: 'relay' } as const;
  const nowMs = world.time.nowMs;
  const rows = draftCall({ ...parties, ownerToken: 'first', nowMs }, POLICY);
  expect(await world.sessions.open({ ...rows, nowMs, lineUntilMs: nowMs + 30_000, mayWait: false })).toEqual({
    opened: true,
  });
  return { callId, epoch: 1, ownerToken: 'first' };
};

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof FencedError ? 'fenced' : `failed: ${String(error)}`),
  );

test('of several processes that were called with the same token, one claims', async () => {
  const claim = await openCall();
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcome(world.keeperOf(claim).claim())));
  expect(outcomes.toSorted()).toEqual(['done', 'fenced', 'fenced', 'fenced', 'fenced']);
});

const STEPS = ['old writes', 'new claims', 'new writes', 'old renews'] as const;

/** A call whose first owner has handed over to a successor that has not come yet. */
const handedOver = async () => {
  const claim = await openCall();
  const old = world.keeperOf(claim);
  await old.claim();
  await old.handOver(checkpoint(0));
  const summons = world.summoned.at(-1);
  if (summons === undefined) throw new Error('No successor was called.');
  return { claim, old, successor: world.keeperOf(summons) };
};

type Race = Awaited<ReturnType<typeof handedOver>> & { claimed: boolean; readonly written: string[] };

/** Takes one step; it must be allowed to whoever is in charge, and to nobody else. */
const take = async (race: Race, step: (typeof STEPS)[number]): Promise<void> => {
  const isOld = step.startsWith('old');
  const verdict = isOld === race.claimed ? 'fenced' : 'done';
  if (step === 'new claims') {
    expect(await outcome(race.successor.claim())).toBe('done');
    race.claimed = true;
  } else if (step === 'old renews') expect(await outcome(race.old.renew())).toBe(verdict);
  else {
    const seq = race.written.length;
    const write = { entries: [turn(seq, step)], checkpoint: checkpoint(seq + 1), spentMicroUsd: 0 };
    expect(await outcome((isOld ? race.old : race.successor).record(write))).toBe(verdict);
    if (verdict === 'done') race.written.push(step);
  }
};

test('what an owner and its successor do in any order: entries stand once, in one hand, and the late owner changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 12 }), async (order) => {
      const race: Race = { ...(await handedOver()), claimed: false, written: [] };
      for (const step of order) await take(race, step);
      const key = { userId: 'ann', agentId: AGENT, callId: race.claim.callId };
      const entries = await world.calls.entries(key);
      expect(entries.map((entry) => (entry.kind === 'turn' ? entry.text : entry.kind))).toEqual(race.written);
      expect(await world.calls.find(key)).toMatchObject({ turns: race.written.length });
    }),
    { numRuns: 15 },
  );
});

test('a write that is repeated counts nothing twice, and its cost is the tenant’s of that day', async () => {
  const claim = await openCall('eve');
  const keeper = world.keeperOf(claim);
  await keeper.claim();
  const write = { entries: [turn(0, 'Hello')], checkpoint: checkpoint(1, 700), spentMicroUsd: 700 };
  expect(await keeper.record(write)).toEqual({ tenantSpentMicroUsd: 700 });
  expect(await keeper.record(write)).toEqual({ tenantSpentMicroUsd: 700 });
  await keeper.finish({ status: 'completed', reason: 'client-ended', checkpoint: checkpoint(1, 900), entries: [] });
  await keeper.finish({ status: 'completed', reason: 'client-ended', checkpoint: checkpoint(1, 900), entries: [] });
  expect(await world.sessions.spentToday('eve', world.time.nowMs)).toBe(900);
  expect(await world.calls.find({ userId: 'eve', callId: claim.callId })).toMatchObject({
    status: 'completed',
    endReason: 'client-ended',
    turns: 1,
    cost: { model: 900 },
  });
  expect(await outcome(keeper.renew())).toBe('fenced');
});

test('keep-call serves the owner that shows its token, and nobody else', async () => {
  const handle = keepCall({ ...world.keeperDeps, calls: world.calls, uploads: NO_UPLOADS });
  const owner = await openCall();
  expect(await handle({ method: 'renew', ...owner, extraLine: false })).toEqual({ outcome: 'fenced' });
  expect(await handle({ method: 'claim', ...owner, claimId: 'p1' })).toMatchObject({
    outcome: 'done',
    result: { callId: owner.callId, agentName: 'Shop', cause: 'start' },
  });
  expect(await handle({ method: 'claim', ...owner, claimId: 'p1' })).toMatchObject({ outcome: 'done' });
  expect(await handle({ method: 'claim', ...owner, claimId: 'p2' })).toEqual({ outcome: 'fenced' });
  expect(await handle({ method: 'renew', ...owner, ownerToken: 'guessed', extraLine: false })).toEqual({
    outcome: 'fenced',
  });
  expect(await handle({ method: 'renew', ...owner, extraLine: false })).toMatchObject({ outcome: 'done' });
  expect(await handle({ method: 'steal', ...owner })).toMatchObject({ outcome: 'invalid' });
});

test('keep-call says where a recording goes only while settings and caller allow it, and only to the call’s own key', async () => {
  const signed: unknown[] = [];
  const uploads = {
    sign: async (upload: object) => {
      signed.push(upload);
      return { url: 'https://bucket.example/', headers: {} };
    },
  };
  const handle = keepCall({ ...world.keeperDeps, calls: world.calls, uploads });
  const asked = async (enabled: boolean, recordingConsent: boolean) => {
    const settings = VoiceSettings.parse({ recording: { enabled, retentionDays: 10 } });
    const owner = await openCall('ann', settings);
    await handle({ method: 'claim', ...owner, claimId: 'p1' });
    const { client, ...rest } = checkpoint(0);
    const said = { ...rest, client: { ...client, recordingConsent } };
    await handle({ method: 'record', ...owner, entries: [], checkpoint: said, spentMicroUsd: 0 });
    const answer = await handle({ method: 'recordingAddress', ...owner, bytes: 64_044 });
    await handle({ method: 'recordingKept', ...owner });
    const { recordedParts } = (await world.calls.find({ userId: 'ann', callId: owner.callId })) ?? {};
    return { owner, answer, recordedParts };
  };
  const refused = { answer: { outcome: 'done', result: null }, recordedParts: undefined };
  expect(await asked(false, true)).toMatchObject(refused);
  expect(await asked(true, false)).toMatchObject(refused);
  expect(signed).toEqual([]);
  const { owner, answer, recordedParts } = await asked(true, true);
  const tags = { userId: 'ann', agentId: AGENT, resourceType: 'recording', retentionDays: '7' };
  expect({ answer, recordedParts, signed }).toEqual({
    answer: { outcome: 'done', result: { url: 'https://bucket.example/', headers: {} } },
    recordedParts: [1],
    signed: [{ key: `ann/${AGENT}/${owner.callId}.wav`, bytes: 64_044, tags }],
  });
  const more = [
    { method: 'recordingAddress', ...owner, ownerToken: 'guessed', bytes: 1 },
    { method: 'recordingAddress', ...owner, bytes: 2 ** 40 },
    { method: 'recordingAddress', ...owner, bytes: 1, key: 'bob/a/c.wav' },
  ].map(async (request) => (await handle(request)).outcome);
  expect(await Promise.all(more)).toEqual(['fenced', 'invalid', 'invalid']);
});

test('an owner learns with its next renewal that its call is to end, and its successor when it was seen last', async () => {
  const claim = await openCall();
  const keeper = world.keeperOf(claim);
  const { lastSeenAtMs: ofNobody } = await keeper.claim();
  world.time.nowMs += 5000;
  const before = await keeper.renew();
  const seenAtMs = world.time.nowMs;
  const endings = dynamoCallEndings({ VOICE_SESSIONS_TABLE: TABLES.VOICE_SESSIONS_TABLE }, world.client);
  const told = await endings.endSoon(claim.callId, 'agent-retired');
  const toldAgain = await endings.endSoon(claim.callId, 'agent-retired');
  await keeper.handOver(checkpoint(0));
  const summons = world.summoned.at(-1);
  if (summons === undefined) throw new Error('No successor was called.');
  world.time.nowMs += 7000;
  const successor = world.keeperOf(summons);
  const { lastSeenAtMs } = await successor.claim();
  expect({
    ofNobody,
    before: before.ending,
    told,
    toldAgain,
    lastSeenAtMs,
    after: (await successor.renew()).ending,
  }).toEqual({
    ofNobody: undefined,
    before: undefined,
    told: seenAtMs + LEASE_MS,
    toldAgain: undefined,
    lastSeenAtMs: seenAtMs,
    after: 'agent-retired',
  });
});
