import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { textOnlySpeech } from '../../local/speech/text-only.ts';
import { Api } from './support/api.ts';
import { type Caller, dial } from './support/caller.ts';
import { watch } from './support/operator.ts';
import { assignNumber, firstNumber } from './support/phone.ts';
import {
  type CallBody,
  createAgent,
  isOver,
  startTalk,
  type TalkHarness,
  type Transport,
  voiceForm,
} from './support/talk.ts';

const CLOUD_MS = 180_000;

describe('operators', () => {
  const callers: Caller[] = [];
  let harness: TalkHarness;
  /** Two sign-ins of the tenant that has the agent, and somebody else. */
  let olga: Api;
  let otto: Api;
  let stranger: Api;

  beforeAll(async () => {
    harness = await startTalk({ speech: textOnlySpeech({ wordMs: 60 }) });
    const as = async (name: string) => new Api(harness.cloud.apiUrl, await harness.tokenOf(name));
    [olga, otto, stranger] = [await as('talker'), await as('talker'), await as('stranger')];
  }, CLOUD_MS);
  afterAll(async () => {
    for (const caller of callers) caller.hangUp();
    await harness?.stop();
  });

  /** On the line, the greeting heard to its end. */
  const greeted = async (transport: Transport) => {
    const caller = await dial(await harness.newTicket(transport));
    callers.push(caller);
    onTestFailed(() => {
      process.stderr.write(`${caller.story()}\n`);
    });
    const greeting = caller.answer(/./);
    const { callId } = await caller.start();
    await greeting;
    await caller.quiet();
    const command = (who: Api, action: string, body: object = {}, headers: Record<string, string> = {}) =>
      who.request<Record<string, unknown>>('POST', `/api/v1/calls/${callId}/${action}`, body, headers);
    const answered = async (question: string, pattern: RegExp) => {
      const answer = caller.answer(pattern);
      caller.type(question);
      await answer;
      await caller.quiet();
    };
    const applied = (count: number) =>
      harness.recordWhen(callId, ({ operatorList }) => (operatorList as unknown[]).length >= count);
    return { caller, callId, command, answered, applied };
  };

  it(
    'whisper, say, hold, take over, change what holds, and transfer; they do not fight, and all of it is on record',
    async () => {
      const { caller, callId, command, answered, applied } = await greeted('relay');
      const whisper = { text: 'If the customer asks about saddles, say "Saddles are half price today."' };
      const key = { 'idempotency-key': 'whisper-1' };
      const first = await command(olga, 'whisper', whisper, key);
      const again = await command(olga, 'whisper', whisper, key);
      expect([first.status, first.body.seq, again.body]).toEqual([202, 1, first.body]);
      await applied(1);
      const untilThen = caller.heard.length;
      await answered('What do saddles cost?', /half price today/);

      const refused = await command(otto, 'say', { text: 'Your bicycle is ready.' });
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'call-controlled', detail: expect.stringMatching(/since 20/) },
      });
      const exactly = caller.answer(/^Your bicycle is ready\.$/);
      const forced = await command(otto, 'say', { text: 'Your bicycle is ready.', force: true });
      expect(forced).toMatchObject({ status: 202, body: { seq: 2, controller: { isYou: true } } });
      await exactly;
      await caller.quiet();
      expect((await harness.api.request('GET', `/api/v1/calls/${callId}`)).body).toMatchObject({
        controller: { isYou: false },
      });
      expect(await olga.request('DELETE', `/api/v1/calls/${callId}/controller`)).toMatchObject({ status: 409 });
      expect(await otto.request('DELETE', `/api/v1/calls/${callId}/controller`)).toMatchObject({ status: 204 });

      const waits = caller.answer(/^One moment, please/);
      await command(olga, 'hold');
      await waits;
      await caller.quiet();
      const held = caller.heard.length;
      caller.type('How much is a new chain?');
      await caller.next('transcript', ({ role, stage }) => role === 'user' && stage === 'final', held);
      const chain = caller.answer(/45 euros/);
      await command(olga, 'resume');
      await chain;
      await caller.quiet();

      // Whichever look brings the next command brings this, too.
      const patch = { specialInstructions: 'If the customer asks about parking, say "Park behind the church."' };
      const path = `/api/v1/agents/${harness.agentId}/context`;
      const edited = await olga.request('PUT', path, patch, { 'content-type': 'application/merge-patch+json' });
      expect(edited).toMatchObject({ status: 200, body: { version: 1, ...patch } });
      const isOlga = caller.answer(/^This is Olga\.$/);
      await command(olga, 'takeover', { text: 'This is Olga.' });
      await isOlga;
      await caller.quiet();
      await command(olga, 'resume');

      await answered('Where is parking?', /behind the church/);
      const asked = { text: 'Where is parking?' };
      const written = await olga.request('POST', `/api/v1/agents/${harness.agentId}/messages`, asked);
      expect(written.body).toMatchObject({ answer: expect.stringContaining('behind the church') });
      const facts = await olga.request('PATCH', `/api/v1/calls/${callId}/context`, { bicycle: { colour: 'red' } });
      expect(facts.status).toBe(202);

      const missing = await command(stranger, 'end');
      expect(missing).toMatchObject({ status: 404, body: { code: 'call-not-found' } });
      const passedOn = caller.next('handoff');
      const ended = caller.next('session.ended');
      await command(olga, 'transfer', { reason: 'Wants a refund' });
      expect([(await passedOn).reason, (await ended).reason]).toEqual(['Wants a refund', 'handed-off']);
      const record = await harness.recordWhen(callId, isOver);
      const over = await command(olga, 'say', { text: 'Are you still there?' });
      expect(over).toMatchObject({ status: 409, body: { code: 'call-ended' } });

      const actions = record.operatorList as { readonly action: string; readonly text: string | null }[];
      const transcript = record.transcript as unknown as { readonly text: string; readonly operator: string | null }[];
      expect({
        actions: actions.map(({ action }) => action),
        whispered: JSON.stringify(caller.heard.slice(0, untilThen)).includes('half price'),
        byOperators: transcript.flatMap(({ text, operator }) => (operator === null ? [] : [text])),
        whileHeld: transcript.some(({ text }) => text === 'How much is a new chain?'),
        handoff: record.handoff,
        contextOverride: record.contextOverride,
        controller: record.controller,
        endReason: record.endReason,
      }).toEqual({
        actions: ['whisper', 'say', 'hold', 'resume', 'takeover', 'resume', 'context', 'transfer'],
        whispered: false,
        byOperators: ['Your bicycle is ready.', 'This is Olga.'],
        whileHeld: true,
        handoff: expect.objectContaining({ reason: 'Wants a refund' }),
        contextOverride: { bicycle: { colour: 'red' } },
        controller: null,
        endReason: 'handed-off',
      });
    },
    CLOUD_MS,
  );

  it(
    'end a call that still rings: the phone falls silent, and whoever watches sees it ring and end',
    async () => {
      const { api, agentId, cloud } = harness;
      if (cloud.twilio === undefined) throw new Error('The stage has no telephone.');
      await assignNumber(api, agentId, firstNumber(cloud.twilio));
      const watching = await watch(olga);
      await watching.subscribe('calls');
      const callee = cloud.twilio.phone('+14155550196');
      const rung = callee.nextCall();
      const placed = await olga.request<{ callId: string }>('POST', '/api/v1/calls', {
        agentId,
        toNumber: callee.number,
      });
      const { callId } = placed.body;
      const { callSid } = await rung;
      const command = (who: Api, action: string) =>
        who.request<Record<string, unknown>>('POST', `/api/v1/calls/${callId}/${action}`, { reason: 'Wrong number' });
      const early = await command(olga, 'hold');
      const [ended, foreign] = [await command(olga, 'end'), await command(stranger, 'end')];
      await watching.next('call', ({ call }) => call.callId === callId && call.status === 'failed');
      watching.cut();
      const statuses = watching.heard.flatMap((message) =>
        message.type === 'call' && message.call.callId === callId
          ? [`${message.call.agentName} ${message.call.status}`]
          : [],
      );
      expect({
        early,
        ended,
        foreign,
        statuses,
        phone: cloud.twilio.calls().find(({ sid }) => sid === callSid)?.status,
      }).toMatchObject({
        early: { status: 409, body: { code: 'call-not-begun' } },
        ended: { status: 202, body: { seq: 1, controller: { isYou: true } } },
        foreign: { status: 404 },
        statuses: ['Spoke and Chain queued', 'Spoke and Chain ringing', 'Spoke and Chain failed'],
        phone: 'canceled',
      });
      expect(await harness.recordWhen(callId, isOver)).toMatchObject({
        endReason: 'operator-ended',
        operatorList: [{ action: 'end', text: 'Wrong number' }],
        timeline: [{ seq: 0, kind: 'operator' }],
      });
    },
    CLOUD_MS,
  );

  it(
    'reach a call that the agent holds itself, too',
    async () => {
      const { caller, callId, command, answered, applied } = await greeted('direct');
      await command(olga, 'whisper', { text: 'If the customer asks about helmets, say "Helmets are free today."' });
      await applied(1);
      await answered('What do helmets cost?', /free today/);
      const ended = caller.next('session.ended');
      await command(olga, 'end');
      expect((await ended).reason).toBe('operator-ended');
      expect(await harness.recordWhen(callId, isOver)).toMatchObject({
        status: 'completed',
        endReason: 'operator-ended',
        operatorList: [{ action: 'whisper' }, { action: 'end' }],
      });
    },
    CLOUD_MS,
  );

  it(
    'are not needed by a caller who goes on with another agent, whose new voice is heard in the same call',
    async () => {
      const repairs = await createAgent(harness.api, voiceForm());
      const voiced = (settings: object) => harness.api.request('PUT', `/api/v1/agents/${repairs}/voice`, settings);
      await voiced({ greeting: 'Repairs desk here.', voice: 'matthew' });
      const { caller, callId, answered } = await greeted('relay');
      await answered('How much is a new chain?', /45 euros/);
      const refused = caller.next('problem');
      caller.send({ type: 'session.switchAgent', agentId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11' });
      expect(await refused).toMatchObject({ code: 'agent-not-found', errors: [{ pointer: '/agentId' }] });
      const switched = caller.next('session.agentSwitched');
      const greeting = caller.answer(/^Repairs desk here/);
      caller.send({ type: 'session.switchAgent', agentId: repairs });
      expect(await switched).toMatchObject({ agentId: repairs, voice: 'matthew' });
      await greeting;
      await caller.quiet();
      expect(await voiced({ greeting: 'Repairs desk here.', voice: 'amy', language: 'en-GB' })).toMatchObject({
        status: 200,
      });
      const kindsOf = ({ timeline }: CallBody) =>
        (timeline as readonly { readonly kind: string }[]).map(({ kind }) => kind);
      await harness.recordWhen(callId, (record) => kindsOf(record).includes('engine-change'));
      await answered('How much is a new chain?', /45 euros/);
      await caller.leave();
      const record = await harness.recordWhen(callId, isOver);
      expect(kindsOf(record).filter((kind) => kind !== 'turn' && kind !== 'tool')).toEqual([
        'agent-switch',
        'engine-change',
      ]);

      const direct = await greeted('direct');
      const from = direct.caller.heard.length;
      direct.caller.send({ type: 'session.switchAgent', agentId: repairs });
      await direct.caller.closed;
      await direct.caller.resume(await harness.newTicket('relay'));
      const again = await direct.caller.next('session.agentSwitched', () => true, from);
      expect(again).toMatchObject({ epoch: 2, agentId: repairs, voice: 'amy' });
      await direct.caller.answer(/^Repairs desk here/, from);
      await direct.caller.leave();
    },
    CLOUD_MS,
  );
});
