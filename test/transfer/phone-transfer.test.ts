import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, CallId } from '../../shared/calls/call.ts';
import { dynamoStatisticsStore } from '../../shared/statistics/statistics-dynamodb.ts';
import { TABLES } from '../access/support/tables.ts';
import { PERSON, startPhoneWorld } from './support/phone-world.ts';

/** A second of a tone that µ-law cannot mistake for silence. */
const SOUND = new Uint8Array(8000).fill(0x10);
const isSounding = (heard: Uint8Array): boolean => heard.filter((sample) => sample === 0x10).length > 4000;

describe('a phone call that is put through to a person', () => {
  let world: Awaited<ReturnType<typeof startPhoneWorld>>;
  beforeAll(async () => {
    world = await startPhoneWorld();
  });
  afterAll(() => world?.close());

  const begun = async (from: string) => {
    const owned = world.nextOwner();
    const call = world.twilio.phone(from).call(world.number);
    const owner = await owned;
    const key = { userId: 'ann', callId: owner.briefing.callId as CallId };
    const when = async (holds: (row: Call) => boolean): Promise<Call> => {
      for (;;) {
        const row = await world.calls.find(key);
        if (row !== undefined && holds(row)) return row;
        await pause(20);
      }
    };
    const steps = async () => {
      const entries = await world.calls.entries({ ...key, agentId: world.agentId });
      return entries.flatMap((entry) =>
        entry.kind === 'transfer' ? [`${entry.status} ${entry.outcome ?? ''}`.trim()] : [],
      );
    };
    return { call, owner, when, steps, session: () => world.sessions.find(key.callId) };
  };
  const isOver = ({ status }: Call): boolean => status === 'completed' || status === 'failed';

  it('is answered: both hear each other, and it ends when one hangs up, once, with what it cost', async () => {
    const { call, owner, when, steps, session } = await begun('+14155550123');
    const rung = world.twilio.phone(PERSON).nextCall();
    await owner.putThrough(PERSON);
    const ringing = await rung;
    const person = ringing.answer();
    await when(({ transfer }) => transfer?.status === 'answered');
    await Promise.all([person.say(SOUND), call.say(SOUND)]);
    await pause(100);
    expect([ringing.from, isSounding(call.heard()), isSounding(person.heard())]).toEqual([world.number, true, true]);
    person.hangUp();
    await call.ended;
    const over = await when(isOver);
    expect(over).toMatchObject({
      status: 'completed',
      endReason: 'handed-off',
      transfer: { status: 'ended', to: PERSON },
      cost: { telephony: expect.any(Number) },
    });
    expect(over.cost.telephony).toBeGreaterThan(0);
    while (world.told.length < 2) await pause(20);
    expect({
      steps: await steps(),
      told: world.told.map((entry) => entry.kind),
      status: (await session())?.status,
    }).toEqual({
      steps: ['dialling', 'answered', 'ended'],
      told: ['transfer', 'transfer'],
      status: 'ended',
    });
    expect(world.twilio.alerts).toEqual([]);
  });

  it('is not answered: the caller is with the agent again', async () => {
    const { call, owner, when, steps, session } = await begun('+14155550124');
    const back = world.nextOwner();
    const rung = world.twilio.phone(PERSON).nextCall();
    await owner.putThrough(PERSON);
    (await rung).decline();
    const next = await back;
    const { cause, checkpoint } = next.briefing;
    expect({
      cause,
      handoff: checkpoint?.handoff,
      entry: checkpoint?.nextEntry,
      epoch: (await session())?.epoch,
    }).toEqual({
      cause: 'return',
      handoff: undefined,
      entry: 3,
      epoch: 2,
    });
    const said = new Uint8Array(8000).fill(0x10);
    next.transport.send({ type: 'audio', epoch: 2, turn: 1, audio: said });
    await pause(1500);
    expect(isSounding(call.heard())).toBe(true);
    await next.end();
    const over = await when(isOver);
    expect({ over, steps: await steps() }).toMatchObject({
      over: { status: 'completed', endReason: 'agent-ended', transfer: { status: 'unanswered', outcome: 'busy' } },
      steps: ['dialling', 'unanswered busy'],
    });
  });

  it('whose owner dies before the provider is told is put through all the same, and rings once', async () => {
    const { call, owner, when } = await begun('+14155550126');
    const before = world.twilio.calls().length;
    const rung = world.twilio.phone(PERSON).nextCall();
    await owner.putThrough(PERSON, 'dies');
    const person = (await rung).answer();
    await when(({ transfer }) => transfer?.status === 'answered');
    call.hangUp();
    await person.ended;
    const over = await when(isOver);
    expect({ legs: world.twilio.calls().length - before, reason: over.endReason, to: over.transfer?.status }).toEqual({
      legs: 1,
      reason: 'handed-off',
      to: 'ended',
    });
  });

  it('rings no agent’s number: the caller is with the agent again', async () => {
    const { owner, when } = await begun('+14155550127');
    const back = world.nextOwner();
    await owner.putThrough(world.robot);
    const next = await back;
    await next.end();
    expect((await when(isOver)).transfer).toMatchObject({ status: 'unanswered', outcome: 'failed', to: world.robot });
  });

  it('is the provider’s word only with its signature', async () => {
    const { call, owner, session } = await begun('+14155550128');
    const url = `${world.addresses.apiUrl}/api/v1/webhooks/twilio/next?callId=${owner.briefing.callId}&userId=ann`;
    const body = new URLSearchParams({ CallSid: call.callSid, CallStatus: 'completed' });
    const answer = await fetch(url, { method: 'POST', headers: { 'x-twilio-signature': 'forged' }, body });
    expect([answer.status, (await session())?.status]).toEqual([403, 'open']);
    await owner.end();
  });

  it('is over when the caller hangs up before the person’s phone could ring', async () => {
    const { call, owner, when, steps, session } = await begun('+14155550130');
    await owner.putThrough(PERSON, 'hangs');
    call.hangUp();
    const { status, endReason } = await when(isOver);
    expect({ status, endReason, steps: await steps(), session: (await session())?.status }).toEqual({
      status: 'completed',
      endReason: 'client-ended',
      steps: ['dialling', 'unanswered canceled'],
      session: 'ended',
    });
  });

  it('is counted as one hand-off of one call', async () => {
    const day = `day#${new Date().toISOString().slice(0, 10)}`;
    const read = () => dynamoStatisticsStore(TABLES, world.client).read({ userId: 'ann' }, day, day);
    const before = (await read()).get(day);
    const { owner, when } = await begun('+14155550129');
    const rung = world.twilio.phone(PERSON).nextCall();
    await owner.putThrough(PERSON);
    (await rung).answer().hangUp();
    await when(isOver);
    const after = (await read()).get(day);
    const grown = (name: 'calls' | 'handOffs') => Number(after?.counters[name]) - Number(before?.counters[name]);
    expect([grown('calls'), grown('handOffs')]).toEqual([1, 1]);
  });

  it('is over when the caller hangs up on the way back to the agent', async () => {
    const { call, owner, when, steps, session } = await begun('+14155550131');
    const rung = world.twilio.phone(PERSON).nextCall();
    await owner.putThrough(PERSON);
    const asked = world.nobodyThere();
    (await rung).decline();
    await asked;
    call.hangUp();
    const { status, endReason } = await when(isOver);
    expect({ status, endReason, steps: await steps(), session: (await session())?.status }).toEqual({
      status: 'completed',
      endReason: 'client-ended',
      steps: ['dialling', 'unanswered busy'],
      session: 'ended',
    });
  });
});
