import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExample } from '../../local/start/example.ts';
import type { LocalTwilio } from '../../local/twilio/index.ts';
import type { PhoneCall } from '../../local/twilio/phone.ts';
import { assignNumber, firstNumber, phoneVoice, phoneWords, untilQuiet, untilVoiced } from './support/phone.ts';
import { type CallBody, isOver, realSpeech, startTalk, type TalkHarness } from './support/talk.ts';

/** The model files are downloaded once for the checkout. */
const FIRST_DOWNLOAD_MS = 300_000;
const CALLER = '+14155550123';

describe('an agent on the phone', () => {
  const example = readExample(resolve(import.meta.dirname, '../../examples/cozy-comfort'));
  let harness: TalkHarness;
  let twilio: LocalTwilio;
  let number: string;

  beforeAll(async () => {
    harness = await startTalk({ speech: await realSpeech(), form: example.form });
    if (harness.cloud.twilio === undefined) throw new Error('The stage has no telephone.');
    twilio = harness.cloud.twilio;
    number = firstNumber(twilio);
    await assignNumber(harness.api, harness.agentId, number);
  }, FIRST_DOWNLOAD_MS);
  afterAll(() => harness?.stop());

  const greeted = async (): Promise<PhoneCall> => {
    const call = twilio.phone(CALLER).call(number);
    const quiet = call.answered().then(() => untilQuiet(call));
    await quiet;
    return call;
  };
  /** The newest call, once it is over. */
  const record = async (): Promise<CallBody> => {
    const { body } = await harness.api.request<{ calls: { callId: string }[] }>('GET', '/api/v1/calls');
    return harness.recordWhen(String(body.calls[0]?.callId), isOver);
  };

  /** A customer who has written to the agent, and whose number is known. */
  const acquainted = async (): Promise<string> => {
    const { api, agentId } = harness;
    await api.request('POST', `/api/v1/agents/${agentId}/messages`, {
      text: 'Do you deliver to Norway?',
      customerRef: 'ada',
    });
    const { body } = await api.request<{ customers: { customerId: string }[] }>(
      'GET',
      `/api/v1/agents/${agentId}/customers`,
    );
    const path = `/api/v1/customers/${body.customers[0]?.customerId}`;
    await api.request('POST', `${path}/identities`, { kind: 'phone', value: CALLER });
    return path;
  };

  it('a spoken question is answered aloud with the policy’s figure; who hangs up has ended the call', async () => {
    const customer = await acquainted();
    const call = await greeted();
    const before = call.heard().length;
    await call.say(await phoneVoice(harness.speech, 'How long can I return a mattress?'));
    await untilQuiet(call);
    const reply = await phoneWords(harness.speech, call.heard().subarray(before));
    // What the nights of the figure sound like to the recognizer over a telephone's 8 kHz is its own; their text is below.
    expect(reply).toMatch(/\b(100|one hundred|a hundred)\b/i);
    call.hangUp();
    expect(await record()).toMatchObject({
      channel: 'phone',
      direction: 'inbound',
      transport: 'twilio',
      status: 'completed',
      endReason: 'client-ended',
      fromNumber: CALLER,
      toNumber: number,
      turns: 1,
      interruptions: 0,
      transcript: [
        { turn: 0, role: 'assistant' },
        { turn: 1, role: 'user', text: expect.stringMatching(/mattress/i), via: 'voice' },
        { turn: 1, role: 'assistant', text: expect.stringMatching(/100 nights/), interrupted: false },
      ],
    });
    expect(twilio.alerts).toEqual([]);
    // Who wrote and phoned is one customer, and what was said either way one conversation.
    const { body } = await harness.api.request<{ conversation: { channel: string; role: string; text: string }[] }>(
      'GET',
      customer,
    );
    const asked = body.conversation.toReversed().filter(({ role }) => role === 'user');
    expect(asked).toMatchObject([
      { channel: 'api', text: 'Do you deliver to Norway?' },
      { channel: 'phone', text: expect.stringMatching(/mattress/i) },
    ]);
  });

  it('who speaks while the agent does hears no more of it: the phone is told to clear', async () => {
    const call = await greeted();
    const answering = call.say(await phoneVoice(harness.speech, 'How long can I return a mattress?'));
    await answering;
    await untilVoiced(call);
    const interrupting = call.say(await phoneVoice(harness.speech, 'Can I pay by invoice?'));
    await interrupting;
    await untilQuiet(call);
    expect(call.clears().filter(({ droppedMs }) => droppedMs > 0)).toHaveLength(1);
    call.hangUp();
    expect(await record()).toMatchObject({
      interruptions: 1,
      transcript: expect.arrayContaining([
        expect.objectContaining({ role: 'assistant', interrupted: true }),
        // What the recognizer makes of the caller's second sentence, at 8 kHz, is its own; it is heard and answered.
        expect.objectContaining({ role: 'user', text: expect.stringMatching(/pay/i) }),
        expect.objectContaining({ role: 'assistant', interrupted: false }),
      ]),
    });
  });

  it('keys reach the agent; a call that the agent makes is answered, and hung up for real', async () => {
    const callee = twilio.phone('+14155550199');
    const rung = callee.nextCall();
    const { body, status } = await harness.api.request<{ callId: string }>(
      'POST',
      '/api/v1/calls',
      { agentId: harness.agentId, toNumber: callee.number, contextOverride: { customerName: 'Ada' } },
      { 'idempotency-key': 'call-ada' },
    );
    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'ringing', fromNumber: number } });
    const call = (await rung).answer();
    await call.answered();
    await untilQuiet(call);
    call.dtmf('12#');
    await untilQuiet(call);
    call.hangUp();
    const { callId } = body;
    expect(await harness.recordWhen(callId, isOver)).toMatchObject({
      direction: 'outbound',
      status: 'completed',
      transcript: expect.arrayContaining([
        expect.objectContaining({ role: 'user', via: 'dtmf', text: expect.stringMatching(/1 ?2 ?#/) }),
      ]),
    });
  });

  it('a called phone that is busy, or is no phone, is a failed call that says why', async () => {
    const callee = twilio.phone('+14155550198');
    const rung = callee.nextCall();
    const place = async (toNumber: string, key: string): Promise<CallBody> => {
      const { body } = await harness.api.request<{ callId: string }>(
        'POST',
        '/api/v1/calls',
        { agentId: harness.agentId, toNumber },
        { 'idempotency-key': key },
      );
      return harness.recordWhen(body.callId, isOver);
    };
    const busy = place(callee.number, 'busy');
    (await rung).decline();
    expect(await busy).toMatchObject({ status: 'failed', failure: 'The called number was busy.' });
    expect(await place('+14155550197', 'nobody')).toMatchObject({
      status: 'failed',
      failure: 'The call could not be connected: the number may not exist.',
    });
  });
});
