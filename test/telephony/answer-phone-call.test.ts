import { beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../shared/calls/call.ts';
import type { RequestOf } from '../../shared/http/http-lambda.ts';
import type { IdempotencyRecord, IdempotencyStore } from '../../shared/http/idempotency.ts';
import { type AnswerCallStatusDeps, answerStatusWebhook } from '../../shared/telephony/answer-call-status.ts';
import {
  type AnswerPhoneCallDeps,
  answerVoiceWebhook,
  type PhoneOpened,
  type PhoneOpening,
} from '../../shared/telephony/answer-phone-call.ts';
import { twilioSignature } from '../../shared/telephony/twilio-signature.ts';
import { servingAgent } from '../access/support/tables.ts';
import { phoneNumberRow } from './support/phone-number-row.ts';

const AGENT = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const CALL = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b22';
const CALL_SID = `CA${'0'.repeat(31)}1`;
const TOKEN = 'auth-token-of-the-stage';
const API = 'https://api.example.com';
const NUMBER = '+12025550100';

const idempotency = (): IdempotencyStore => {
  const records = new Map<string, IdempotencyRecord>();
  return {
    reserve: async (record) => {
      const standing = records.get(record.idempotencyKey);
      if (standing === undefined) records.set(record.idempotencyKey, record);
      return standing;
    },
    takeOver: async () => false,
    complete: async (record, answer) => void records.set(record.idempotencyKey, { ...record, answer, status: 'done' }),
    forget: async ({ idempotencyKey }) => void records.delete(idempotencyKey),
    unlock: async () => undefined,
  };
};

/** The webhooks over one number, one agent and as many lines as the test says. */
const startWebhooks = () => {
  const opened: PhoneOpening[] = [];
  const failed: { callId: string; failure: unknown }[] = [];
  const world = {
    agent: servingAgent(AGENT),
    next: 'opened' as PhoneOpened,
    call: undefined as Partial<Call> | undefined,
    abandoned: false,
  };
  let secrets = 0;
  const untouched = async () => {
    throw new Error('No call here has been put through to anybody.');
  };
  const deps: AnswerPhoneCallDeps & AnswerCallStatusDeps = {
    agents: { find: async () => world.agent },
    numbers: {
      find: async (phoneNumber) =>
        phoneNumber === NUMBER ? phoneNumberRow({ phoneNumber, userId: 'ann', inboundAgentId: AGENT }) : undefined,
    },
    calls: {
      find: async () => world.call as Call | undefined,
      findBySid: async () => (world.call ? { userId: 'ann', callId: CALL as Call['callId'] } : undefined),
      transition: async ({ callId }, _transition, { failure }) => {
        failed.push({ callId, failure });
        return { written: false, current: undefined };
      },
    },
    open: async (opening) => {
      if (world.next === 'opened') opened.push(opening);
      return world.next;
    },
    abandon: async () => world.abandoned,
    sessions: { find: async () => undefined },
    transfers: { advance: untouched, giveBack: untouched, leave: untouched, conclude: untouched },
    tickets: { issue: untouched },
    feed: { recorded: untouched, ended: untouched },
    dialPrefixes: [],
    account: async () => ({ accountSid: `AC${'0'.repeat(32)}`, authToken: TOKEN }),
    addresses: { apiUrl: API, webSocketUrl: 'wss://voice.example.com/live' },
    idempotency: idempotency(),
    clock: { now: () => 1_000_000 },
    ids: {
      inOrder: () => CALL,
      secret: () => {
        secrets += 1;
        return `secret-${secrets}`;
      },
    },
    log: () => undefined,
  };
  const ask = async (
    webhook: 'voice' | 'status',
    body: Record<string, string>,
    query = '',
    host = 'api.example.com',
  ) => {
    const url = `${API}/api/v1/webhooks/twilio/${webhook}${query === '' ? '' : `?${query}`}`;
    const params = Object.fromEntries(new URLSearchParams(query));
    const request = {
      headers: { host, 'x-twilio-signature': twilioSignature(TOKEN, url, body) },
      rawQuery: query,
      query: { ...params, attempt: Number(params.attempt ?? 0) },
      body,
    };
    if (webhook === 'status') {
      return answerStatusWebhook(deps)(request as unknown as RequestOf<'answerTwilioStatus'>);
    }
    return answerVoiceWebhook(deps)(request as unknown as RequestOf<'answerTwilioVoice'>);
  };
  const voice = async (query = '', to = NUMBER, host?: string): Promise<string> => {
    const answer = await ask('voice', { CallSid: CALL_SID, From: '+14155550123', To: to }, query, host);
    return Buffer.from(answer.raw?.content ?? '').toString('utf8');
  };
  const status = (CallStatus: string, query = '') => ask('status', { CallSid: CALL_SID, CallStatus }, query);
  return { world, opened, failed, deps, voice, status, ask };
};

const OUTBOUND = `callId=${CALL}&userId=ann`;

describe('a call that rings with us', () => {
  let phone: ReturnType<typeof startWebhooks>;
  beforeEach(() => {
    phone = startWebhooks();
  });

  it('is connected to its agent’s stream with a token that the first message shows', async () => {
    expect(await phone.voice()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://voice.example.com/live" ' +
        `statusCallback="${API}/api/v1/webhooks/twilio/stream-status"><Parameter name="token" value="secret-1"/>` +
        '</Stream></Connect>' +
        `<Redirect method="POST">${API}/api/v1/webhooks/twilio/next?callId=${CALL}&amp;userId=ann</Redirect></Response>`,
    );
    expect(phone.opened).toMatchObject([{ callId: CALL, direction: 'inbound', callSid: CALL_SID, toNumber: NUMBER }]);
  });

  it('gets the very same answer when Twilio asks again, and no second line', async () => {
    const first = await phone.voice();
    expect(await phone.voice()).toBe(first);
    expect(phone.opened).toHaveLength(1);
  });

  it('is told that the number is not in service when nobody has it, or its agent cannot speak', async () => {
    expect(await phone.voice('', '+12025550199')).toContain('not in service');
    phone.world.agent = servingAgent(AGENT, { agentType: 'text' });
    expect(await phone.voice()).toContain('not in service');
    phone.world.agent = servingAgent(AGENT, { status: 'deleting' });
    expect(await phone.voice()).toContain('not in service');
    expect(phone.opened).toEqual([]);
  });

  it('hears the notice of an agent that is paused, in its language, and no line is taken', async () => {
    phone.world.agent = servingAgent(AGENT, { status: 'paused', notices: { paused: 'Back <soon>.' } });
    const notice = '<Say language="en-US">Back &lt;soon&gt;.</Say><Hangup/>';
    expect(await phone.voice()).toContain(`<Response>${notice}</Response>`);
    phone.world.agent = servingAgent(AGENT, { status: 'updating', restsIn: 'paused', notices: { paused: 'Back.' } });
    expect(await phone.voice()).toContain('Back.</Say><Hangup/>');
    expect(phone.opened).toEqual([]);
  });

  it('is not taken by an agent that is stopped', async () => {
    phone.world.agent = servingAgent(AGENT, { status: 'stopped' });
    expect(await phone.voice()).toContain('<Response><Reject reason="rejected"/></Response>');
    expect(phone.opened).toEqual([]);
  });

  it('is asked to hold while all lines are busy, is told so now and then, and in the end to call again', async () => {
    phone.world.next = 'busy';
    expect(await phone.voice()).toMatch(
      /<Say[^>]*>All our lines are busy[^<]*<\/Say><Pause length="10"\/><Redirect method="POST">[^<]*attempt=1</,
    );
    expect(await phone.voice('attempt=1')).toMatch(/<Response><Pause length="10"\/><Redirect[^>]*>[^<]*attempt=2</);
    expect(await phone.voice('attempt=12')).toMatch(/still busy[^<]*<\/Say><Hangup\/>/);
    phone.world.next = 'opened';
    expect(await phone.voice('attempt=2')).toContain('<Connect>');
  });

  it('is refused politely on a day whose budget is spent', async () => {
    phone.world.next = 'spent';
    expect(await phone.voice()).toMatch(/call again tomorrow[^<]*<\/Say><Hangup\/>/);
  });

  it('is nothing without Twilio’s signature of our own address, whatever host the request claims', async () => {
    expect(await phone.voice('', NUMBER, 'evil.example.com')).toContain('<Connect>');
    const body = { CallSid: CALL_SID, From: '+1', To: NUMBER };
    const forged = { headers: { 'x-twilio-signature': 'AAAA' }, rawQuery: '', query: { attempt: 0 }, body };
    const ask = answerVoiceWebhook(phone.deps);
    await expect(ask(forged as unknown as RequestOf<'answerTwilioVoice'>)).rejects.toMatchObject({
      code: 'invalid-signature',
    });
    const tenant = answerVoiceWebhook({ ...phone.deps, account: undefined });
    await expect(tenant(forged as unknown as RequestOf<'answerTwilioVoice'>)).rejects.toMatchObject({
      code: 'invalid-signature',
    });
  });
});

describe('a call that we made', () => {
  let phone: ReturnType<typeof startWebhooks>;
  beforeEach(() => {
    phone = startWebhooks();
    phone.world.call = {
      callId: CALL as Call['callId'],
      agentId: AGENT,
      direction: 'outbound',
      status: 'ringing',
      fromNumber: NUMBER,
      toNumber: '+14155550199',
      contextOverride: { customerName: 'Ada' },
    };
  });

  it('is connected when it is answered, under the id it has', async () => {
    expect(await phone.voice(OUTBOUND)).toContain('<Connect>');
    expect(phone.opened).toMatchObject([
      { callId: CALL, direction: 'outbound', toNumber: '+14155550199', contextOverride: { customerName: 'Ada' } },
    ]);
  });

  it('fails with its reason when lines stay busy, the budget is spent or the agent is gone', async () => {
    phone.world.next = 'busy';
    await phone.voice(`attempt=12&${OUTBOUND}`);
    phone.world.next = 'spent';
    await phone.voice(OUTBOUND);
    phone.world.agent = servingAgent(AGENT, { status: 'deleting' });
    await phone.voice(OUTBOUND);
    expect(phone.failed.map(({ failure }) => failure)).toEqual([
      'All lines were busy when the call was answered.',
      'The budget of the day was used up when the call was answered.',
      'The agent was not active when the call was answered.',
    ]);
  });

  it.for([
    ['busy', 'The called number was busy.'],
    ['no-answer', 'Nobody answered.'],
    ['failed', 'The call could not be connected: the number may not exist.'],
    ['canceled', 'The call was cancelled before it was answered.'],
  ])('is told as failed when Twilio says %s', async ([status = '', failure]) => {
    expect(await phone.status(status, OUTBOUND)).toEqual({ status: 204 });
    expect(phone.failed).toEqual([{ callId: CALL, failure }]);
  });

  it('is left alone while it goes on, and when its owner has ended it', async () => {
    await phone.status('ringing', OUTBOUND);
    phone.world.call = { ...phone.world.call, status: 'completed' };
    await phone.status('completed', OUTBOUND);
    expect(phone.failed).toEqual([]);
  });
});

it('a caller who hangs up before the stream comes frees the line at once', async () => {
  const phone = startWebhooks();
  const abandoned: unknown[] = [];
  phone.world.call = { status: 'starting' };
  const deps = {
    ...phone.deps,
    abandon: async (call: unknown, failure: string) => {
      abandoned.push({ call, failure });
      return true;
    },
  };
  const body = { CallSid: CALL_SID, CallStatus: 'completed' };
  const headers = { 'x-twilio-signature': twilioSignature(TOKEN, `${API}/api/v1/webhooks/twilio/status`, body) };
  const request = { headers, rawQuery: '', query: {}, body } as unknown as RequestOf<'answerTwilioStatus'>;
  expect(await answerStatusWebhook(deps)(request)).toEqual({ status: 204 });
  expect(abandoned).toEqual([
    { call: { userId: 'ann', callId: CALL }, failure: 'The call ended before the agent was on the line.' },
  ]);
});
