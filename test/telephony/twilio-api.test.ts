import { describe, expect, it } from 'vitest';
import { twilioApi } from '../../shared/telephony/twilio-api.ts';

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'secret-of-the-account' };

interface Seen {
  readonly url: string;
  readonly method: string | undefined;
  readonly authorization: string;
  readonly fields: readonly (readonly [string, string])[];
}

const answering = (status: number, body: unknown) => {
  const seen: Seen[] = [];
  const send = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const fields = init?.body instanceof URLSearchParams ? [...init.body] : [];
    const authorization = new Headers(init?.headers).get('authorization') ?? '';
    seen.push({ url: url instanceof Request ? url.url : url.toString(), method: init?.method, authorization, fields });
    return new Response(JSON.stringify(body), { status });
  };
  return { seen, api: twilioApi({ account: async () => ACCOUNT, baseUrl: 'https://api.twilio.com', fetch: send }) };
};

const BASE = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT.accountSid}`;
const authorization = `Basic ${Buffer.from(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`).toString('base64')}`;

describe("Twilio's REST API", () => {
  it('rings a phone and asks to be told how it goes', async () => {
    const { seen, api } = answering(201, { sid: 'CA1', status: 'queued' });
    const created = await api.createCall({
      to: '+15551234567',
      from: '+15557654321',
      answerUrl: 'https://o.example/voice?callId=1',
      statusUrl: 'https://o.example/status',
      ringSeconds: 30,
    });
    expect({ created, seen }).toEqual({
      created: { callSid: 'CA1' },
      seen: [
        {
          url: `${BASE}/Calls.json`,
          method: 'POST',
          authorization,
          fields: [
            ['To', '+15551234567'],
            ['From', '+15557654321'],
            ['Url', 'https://o.example/voice?callId=1'],
            ['Method', 'POST'],
            ['StatusCallback', 'https://o.example/status'],
            ['StatusCallbackMethod', 'POST'],
            ['Timeout', '30'],
            ['StatusCallbackEvent', 'initiated'],
            ['StatusCallbackEvent', 'ringing'],
            ['StatusCallbackEvent', 'answered'],
            ['StatusCallbackEvent', 'completed'],
          ],
        },
      ],
    });
  });

  it('takes the end of a call that is over already for done', async () => {
    await answering(400, { code: 21_220, message: 'Call is not in-progress.' }).api.hangUp('CA1');
    await answering(404, { code: 20_404 }).api.hangUp('CA1');
    const refused = answering(401, { code: 20_003, message: 'Authenticate' }).api.hangUp('CA1');
    await expect(refused).rejects.toMatchObject({ name: 'TwilioError', status: 401, code: 20_003 });
  });

  it('takes a call back that rings, and hangs up one that was answered meanwhile', async () => {
    const [ringing, answered] = [answering(200, { status: 'canceled' }), answering(200, { status: 'in-progress' })];
    await ringing.api.cancel('CA1');
    await answered.api.cancel('CA1');
    await answering(400, { code: 21_220, message: 'Call is not in-progress.' }).api.cancel('CA1');
    const wishes = [ringing, answered].map(({ seen }) => seen.map(({ fields }) => fields));
    expect(wishes).toEqual([[[['Status', 'canceled']]], [[['Status', 'canceled']], [['Status', 'completed']]]]);
    await expect(answering(500, {}).api.cancel('CA1')).rejects.toMatchObject({ status: 500 });
  });

  it('says what Twilio refused, even when Twilio does not answer in JSON', async () => {
    const send = async (): Promise<Response> => new Response('<html>bad gateway</html>', { status: 502 });
    const api = twilioApi({ account: async () => ACCOUNT, baseUrl: 'https://api.twilio.com', fetch: send });
    await expect(api.hangUp('CA1')).rejects.toMatchObject({
      status: 502,
      message: 'Twilio answered 502.',
    });
  });
});
