import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallId } from '../../shared/calls/call.ts';
import { CONTROLLER_LEASE_MS, type ControlAction, type Operator } from '../../shared/control/command.ts';
import { dynamoControlStore } from '../../shared/control/control-dynamodb.ts';
import type { Accepted, ControlStore } from '../../shared/control/control-store.ts';
import { dynamoLiveContextStore } from '../../shared/control/live-context-dynamodb.ts';
import { COMMANDS_A_LOOK } from '../../shared/voice/keeper/call-keeper.ts';
import { sessionKey } from '../../shared/voice/stores/session-keys.ts';
import { servingAgent, TABLES } from '../access/support/tables.ts';
import { AGENT, draftOf, NINE, newCallId, startStores } from '../voice/stores/support.ts';

const OLGA: Operator = { id: 'sign-in-1', name: 'olga@example.com' };
const OTTO: Operator = { id: 'sign-in-2', name: 'otto@example.com' };

describe('commands for a call', () => {
  let world: Awaited<ReturnType<typeof startStores>>;
  let control: ControlStore;
  let commands = 0;

  beforeAll(async () => {
    world = await startStores();
    control = dynamoControlStore(TABLES, world.client);
  });
  afterAll(() => world.stop());

  const openCall = async (): Promise<CallId> => {
    const callId = newCallId();
    const { call, session } = draftOf(callId);
    await world.sessions.open({ call, session, lineUntilMs: NINE + 60_000, nowMs: NINE, mayWait: false });
    return callId;
  };
  const wish = (callId: CallId, operator = OLGA, changes: object = {}) => {
    commands += 1;
    const commandId = `019aa000-0000-7000-8000-${String(commands).padStart(12, '0')}`;
    const action: ControlAction = 'whisper';
    return { callId, userId: 'ann', action, text: 'Psst', commandId, operator, atMs: NINE, force: false, ...changes };
  };
  const look = (callId: CallId, afterCommand = 0, nowMs = NINE) =>
    world.sessions.look({ callId, userId: 'ann', agentId: AGENT }, { afterCommand }, nowMs);
  const outcomes = (all: readonly Accepted[]) => all.map(({ outcome }) => outcome);

  it('are numbered in their order and found by the owner, each once, even when many press at a time', async () => {
    const callId = await openCall();
    const accepted = await Promise.all(Array.from({ length: 4 }, () => control.accept(wish(callId))));
    const seqs = accepted.map((one) => (one.outcome === 'accepted' ? one.seq : 0)).toSorted((a, b) => a - b);
    const { commands: found } = await look(callId);
    const { commands: rest } = await look(callId, 3);
    expect({ seqs, found: found.map(({ seq }) => seq), rest: rest.map(({ seq }) => seq) }).toEqual({
      seqs: [1, 2, 3, 4],
      found: [1, 2, 3, 4],
      rest: [4],
    });
    expect(found[0]).toEqual({
      seq: 1,
      commandId: expect.any(String),
      action: 'whisper',
      text: 'Psst',
      operator: OLGA,
      atMs: NINE,
    });
  });

  it('come in helpings', async () => {
    const callId = await openCall();
    for (let count = 0; count < COMMANDS_A_LOOK + 2; count += 1) await control.accept(wish(callId));
    const first = await look(callId);
    const second = await look(callId, COMMANDS_A_LOOK);
    expect([first.commands.length, second.commands.length]).toEqual([COMMANDS_A_LOOK, 2]);
  });

  it('of the same id are the same command', async () => {
    const callId = await openCall();
    const command = wish(callId);
    const [first, again] = [await control.accept(command), await control.accept(command)];
    expect({ again, found: (await look(callId)).commands.length }).toEqual({ again: first, found: 1 });
  });

  it('of another operator are refused until the lease is over, is given back, or is broken', async () => {
    const callId = await openCall();
    await control.accept(wish(callId, OLGA));
    const controller = { operator: OLGA, sinceMs: NINE, untilMs: NINE + CONTROLLER_LEASE_MS };
    expect(await control.accept(wish(callId, OTTO))).toEqual({ outcome: 'controlled', controller });
    await control.accept(wish(callId, OLGA, { atMs: NINE + 30_000 }));
    const renewed = { ...controller, untilMs: NINE + 30_000 + CONTROLLER_LEASE_MS };
    expect((await look(callId)).controller).toEqual(renewed);
    const late = { atMs: NINE + CONTROLLER_LEASE_MS + 1 };
    expect(outcomes([await control.accept(wish(callId, OTTO, late))])).toEqual(['controlled']);
    expect(outcomes([await control.accept(wish(callId, OTTO, { ...late, force: true }))])).toEqual(['accepted']);
    const held = await control.release(callId, OLGA, { force: false, nowMs: late.atMs });
    expect(held?.operator).toEqual(OTTO);
    expect(await control.release(callId, OTTO, { force: false, nowMs: late.atMs })).toBeUndefined();
    expect(outcomes([await control.accept(wish(callId, OLGA, late))])).toEqual(['accepted']);
    const afterLease = { atMs: late.atMs + CONTROLLER_LEASE_MS };
    expect(outcomes([await control.accept(wish(callId, OTTO, afterLease))])).toEqual(['accepted']);
  });

  it('of two operators who press first at the same time: one has the call', async () => {
    const callId = await openCall();
    const both = await Promise.all([control.accept(wish(callId, OLGA)), control.accept(wish(callId, OTTO))]);
    expect({ outcomes: outcomes(both).toSorted(), found: (await look(callId)).commands.length }).toEqual({
      outcomes: ['accepted', 'controlled'],
      found: 1,
    });
  });

  it('reach no call that is over, has not begun, or is another tenant’s', async () => {
    const callId = await openCall();
    const foreign = await control.accept(wish(callId, OLGA, { userId: 'bob' }));
    const unknown = await control.accept(wish(newCallId()));
    await world.client.send(
      new UpdateCommand({
        TableName: TABLES.VOICE_SESSIONS_TABLE,
        Key: sessionKey(callId),
        UpdateExpression: 'SET #status = :ended',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':ended': 'ended' },
      }),
    );
    expect(outcomes([foreign, unknown, await control.accept(wish(callId))])).toEqual([
      'not-begun',
      'not-begun',
      'ended',
    ]);
    expect((await look(callId)).commands).toEqual([]);
  });

  it('about facts change the call’s row with them, or nothing at all', async () => {
    const callId = await openCall();
    const patch = { order: 5 };
    const facts = { edits: 0, after: patch };
    const first = await control.accept(wish(callId, OLGA, { action: 'context', patch, facts }));
    const after = { order: 5, paid: true };
    const paid = { patch: { paid: true }, facts: { edits: 1, after } };
    const second = await control.accept(wish(callId, OLGA, { action: 'context', ...paid }));
    const stale = await control.accept(wish(callId, OLGA, { action: 'context', patch, facts }));
    const call = await world.calls.find({ userId: 'ann', callId });
    expect({
      outcomes: outcomes([first, second, stale]),
      facts: call?.contextOverride,
      found: (await look(callId)).commands.map(({ patch: found }) => found),
    }).toEqual({ outcomes: ['accepted', 'accepted', 'changed'], facts: after, found: [patch, { paid: true }] });
  });

  it('are beside what the agent is told for now, which one write brings to every call', async () => {
    const callId = await openCall();
    const contexts = dynamoLiveContextStore(TABLES, world.client);
    const agent = servingAgent(AGENT, { userId: 'ann' as never });
    await world.putAgent(agent);
    const live = { version: 1, data: { queue: 7 }, updatedAtMs: NINE };
    const written = [await contexts.write(agent, live, 0), await contexts.write(agent, live, 0)];
    const seen = await look(callId);
    const known = { afterCommand: 0, afterContext: 1 };
    const again = await world.sessions.look({ callId, userId: 'ann', agentId: AGENT }, known, NINE);
    expect({ written, seen, again }).toEqual({
      written: [true, false],
      seen: { commands: [], contextVersion: 1, settingsVersion: 0, context: live, watchers: [] },
      again: { commands: [], contextVersion: 1, settingsVersion: 0, watchers: [] },
    });
  });
});
