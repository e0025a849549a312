import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Call, CallEntry } from '../../shared/calls/call.ts';
import { dynamoCancelling } from '../../shared/control/cancel-call-dynamodb.ts';
import { type ControlCallDeps, callCommands } from '../../shared/control/control-call.ts';
import { dynamoControlStore } from '../../shared/control/control-dynamodb.ts';
import { problem } from '../../shared/kernel/problems.ts';
import type { CallEnd } from '../../shared/live/call-feed.ts';
import { recordedEvents } from '../../shared/live/list-call-events.ts';
import { TABLES } from '../access/support/tables.ts';
import { memoryIdempotency } from '../telephony/support/memory-idempotency.ts';
import { draftOf, NINE, newCallId, startStores } from '../voice/stores/support.ts';

const OLGA = { id: 'sign-in-1', name: 'olga@example.com' };
const REASON = 'The customer has called back.';

describe('a call that nobody has answered yet', () => {
  let world: Awaited<ReturnType<typeof startStores>>;
  let deps: ControlCallDeps;
  let told: { entries: readonly CallEntry[]; end: CallEnd }[];
  let withdrawn: string[];
  let failing: boolean;
  let ids = 0;

  beforeAll(async () => {
    world = await startStores();
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    [told, withdrawn, failing] = [[], [], false];
    deps = {
      calls: world.calls,
      control: dynamoControlStore(TABLES, world.client),
      cancelling: {
        cancel: dynamoCancelling(TABLES, world.client),
        withdraw: async ({ callId }) => {
          if (failing) throw problem('telephony-failed', 'Twilio did not answer.');
          withdrawn.push(callId);
        },
      },
      telling: {
        feed: {
          changed: async () => undefined,
          ended: async (_call, entries, end) => void told.push({ entries, end }),
        },
        settle: async () => undefined,
      },
      sockets: { post: async () => 'sent' },
      numbers: { find: async () => undefined },
      dialPrefixes: ['+1'],
      idempotency: memoryIdempotency(),
      clock: { now: () => NINE },
      ids: {
        inOrder: () => {
          ids += 1;
          return `019aa000-0000-7000-8000-${String(ids).padStart(12, '0')}`;
        },
      },
    };
  });

  const placed = async (transition?: 'dial'): Promise<Call> => {
    const { call } = draftOf(newCallId(), 'ann', { channel: 'phone', direction: 'outbound', transport: 'twilio' });
    const queued = { ...call, status: 'queued' as const };
    await world.calls.insert(queued);
    if (transition !== undefined) await world.calls.transition(queued, transition, {});
    return queued;
  };
  const session = (call: Call) => draftOf(call.callId, 'ann').session;
  const open = (call: Call) =>
    world.sessions.open({ session: session(call), lineUntilMs: NINE + 60_000, nowMs: NINE, mayWait: false });
  const ask = (action: 'endCall' | 'whisperToCall', { callId }: Call, key?: string) =>
    callCommands(deps)[action]({
      userId: 'ann' as never,
      operator: OLGA,
      params: { callId },
      headers: key === undefined ? {} : { 'idempotency-key': key },
      body: { force: false, reason: REASON },
    });
  const entry = (commandId: unknown) => ({
    kind: 'operator',
    seq: 0,
    atMs: NINE,
    action: 'end',
    commandId,
    operator: OLGA.name,
    operatorId: OLGA.id,
    text: REASON,
  });

  it.each([undefined, 'dial'] as const)(
    'is ended by an operator, once, and its record says by whom and when (%s)',
    async (transition) => {
      const call = await placed(transition);
      const first = await ask('endCall', call, 'once');
      const again = await ask('endCall', call, 'once');
      const other = await ask('endCall', call, 'another').catch((error: unknown) => error);
      const { commandId } = first.body as { commandId: string };
      const now = await world.calls.find(call);
      const entries = await world.calls.entries(call);
      expect({
        first,
        again: again.body,
        other,
        withdrawn,
        told,
        entries,
        events: recordedEvents(now as Call, entries),
      }).toMatchObject({
        first: { status: 202, body: { commandId, seq: 1, controller: { operator: OLGA.name, isYou: true } } },
        again: first.body as object,
        other: { code: 'call-ended' },
        withdrawn: [call.callId],
        told: [
          { entries: [entry(commandId)], end: { status: 'failed', reason: 'operator-ended', seq: 1, atMs: NINE } },
        ],
        entries: [entry(commandId)],
        events: [
          { seq: 0, kind: 'operator', action: 'end', operator: OLGA, text: REASON },
          { seq: 1, kind: 'ended', status: 'failed', reason: 'operator-ended' },
        ],
      });
      expect(now).toMatchObject({
        status: 'failed',
        endReason: 'operator-ended',
        failure: 'olga@example.com ended the call before it was answered.',
        endedAtMs: NINE,
      });
    },
  );

  it('takes no other command, and says what can be done', async () => {
    const call = await placed('dial');
    await expect(ask('whisperToCall', call)).rejects.toMatchObject({ code: 'call-not-begun' });
    await ask('endCall', call);
    await expect(ask('whisperToCall', call)).rejects.toMatchObject({ code: 'call-ended' });
  });

  it('is answered or ended, never both, however the two meet', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const call = await placed('dial');
        const [opened, ended] = await Promise.all([open(call), ask('endCall', call)]);
        const { status } = (await world.calls.find(call)) as Call;
        // Where somebody has answered, the command waits for the owner instead.
        return { opened: opened.opened, isOver: status === 'failed', accepted: ended.status };
      }),
    );
    expect(outcomes.filter(({ opened, isOver }) => opened === isOver)).toEqual([]);
    expect(outcomes.map(({ accepted }) => accepted)).toEqual(outcomes.map(() => 202));
  });

  it('that the provider did not take back is taken back by the same request again', async () => {
    const call = await placed('dial');
    failing = true;
    await expect(ask('endCall', call, 'key')).rejects.toMatchObject({ code: 'telephony-failed' });
    failing = false;
    deps = { ...deps, clock: { now: () => NINE + 120_000 } };
    expect(await ask('endCall', call, 'key')).toMatchObject({ status: 202, body: { seq: 1 } });
    expect({ withdrawn, entries: (await world.calls.entries(call)).length }).toEqual({
      withdrawn: [call.callId],
      entries: 1,
    });
  });

  it('has no name at the provider any more once it is over', async () => {
    const call = await placed('dial');
    const noted = [await world.calls.noteSid(call, 'CA1')];
    await ask('endCall', call);
    noted.push(await world.calls.noteSid(call, 'CA2'));
    expect({ noted, callSid: (await world.calls.find(call))?.callSid }).toEqual({
      noted: [true, false],
      callSid: 'CA1',
    });
  });
});
