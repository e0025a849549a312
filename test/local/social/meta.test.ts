import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestClock } from '../../../local/core/clock.ts';
import type { MetaApp } from '../../../local/social/graph/meta-app.ts';
import type { SocialPlatforms } from '../../../local/social/index.ts';
import { call, errorOf, startPlatforms, startWebhook, whatsAppText } from './support.ts';

const NUMBER = '106540352242922';
const PAGE = '20531316728';
const IG = '17841400008460056';
const ANNA = '491701234567';
const HOUR_MS = 3_600_000;

let social: SocialPlatforms;
let clock: TestClock;
let app: MetaApp;
let hook: Awaited<ReturnType<typeof startWebhook>>;
beforeEach(async () => {
  ({ social, clock } = await startPlatforms());
  app = social.meta.app({ appSecret: 'app-secret', verifyToken: 'verify-token' });
  hook = await startWebhook((url) => {
    const isOurs = url.searchParams.get('hub.verify_token') === 'verify-token';
    return { status: isOurs ? 200 : 403, text: url.searchParams.get('hub.challenge') ?? '' };
  });
});
afterEach(async () => {
  await social.close();
  await hook.close();
});

const graph = (path: string) => `${social.peers().GRAPH_API_URL}/v24.0${path}`;
const sent = (index: number) => JSON.parse(hook.calls[index]?.text ?? '{}') as object;

describe('the embedded WhatsApp', () => {
  it('tells a message with its signature, takes the reply, and tells what became of it', async () => {
    const account = app.whatsapp(NUMBER, { displayPhoneNumber: '15550783881', businessAccountId: '102290129340398' });
    await app.registerWebhook(hook.url);
    const anna = account.customer(ANNA, 'Anna');
    const said = await anna.say('Wo ist meine Bestellung? Grüße / Anna');
    const [first] = hook.calls;
    const reply = await call(graph(`/${NUMBER}/messages`), {
      token: account.accessToken,
      json: whatsAppText(`+${ANNA}`, 'Unterwegs.'),
    });
    const [received] = await anna.inbox();
    await expect.poll(() => hook.calls.length).toBe(2);
    const messageId = received?.messageId;
    expect({
      status: said.status,
      signature: first?.headers['x-hub-signature-256'],
      isAscii: /^[\x20-\x7e]*$/.test(first?.text ?? ''),
      told: sent(0),
      reply: [reply.status, reply.body],
      received,
      statuses: sent(1),
    }).toEqual({
      status: 200,
      signature: `sha256=${createHmac('sha256', 'app-secret')
        .update(first?.text ?? '')
        .digest('hex')}`,
      isAscii: true,
      told: {
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '102290129340398',
            changes: [
              {
                field: 'messages',
                value: {
                  messaging_product: 'whatsapp',
                  metadata: { display_phone_number: '15550783881', phone_number_id: NUMBER },
                  contacts: [{ profile: { name: 'Anna' }, wa_id: ANNA }],
                  messages: [
                    {
                      from: ANNA,
                      id: said.messageId,
                      timestamp: '1795251600',
                      type: 'text',
                      text: { body: 'Wo ist meine Bestellung? Grüße / Anna' },
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
      reply: [
        200,
        {
          messaging_product: 'whatsapp',
          contacts: [{ input: `+${ANNA}`, wa_id: ANNA }],
          messages: [{ id: messageId }],
        },
      ],
      received: { messageId, text: 'Unterwegs.', type: 'text', atMs: clock.now() },
      statuses: expect.objectContaining({ object: 'whatsapp_business_account' }),
    });
  });

  it('refuses what the Cloud API refuses, in its words', async () => {
    const account = app.whatsapp(NUMBER);
    const anna = account.customer(ANNA);
    const send = (json: object, token = account.accessToken) => call(graph(`/${NUMBER}/messages`), { token, json });
    const before = await send(whatsAppText(ANNA, 'Hello'));
    await anna.say('Hello');
    const refused = [
      await send(whatsAppText(ANNA, 'Hello'), 'nobody'),
      await send({ ...whatsAppText(ANNA, 'Hello'), messaging_product: 'sms' }),
      await send({ ...whatsAppText(ANNA, 'Hello'), text: {} }),
      await send(whatsAppText(ANNA, 'x'.repeat(4097))),
      await send(whatsAppText('4930000000', 'Hello')),
      await call(graph('/12345/messages'), { token: account.accessToken, json: whatsAppText(ANNA, 'Hello') }),
    ];
    const longest = await send(whatsAppText(ANNA, 'x'.repeat(4096)));
    await clock.advance(24 * HOUR_MS + 1);
    const late = await send(whatsAppText(ANNA, 'Hello'));
    const template = await send({
      messaging_product: 'whatsapp',
      to: ANNA,
      type: 'template',
      template: { name: 'back' },
    });
    account.expireToken();
    const expired = await send(whatsAppText(ANNA, 'Hello'));
    const renewed = account.renewToken();
    await anna.say('Hello again');
    expect({
      before: errorOf(before),
      refused: refused.map(errorOf),
      longest: longest.status,
      late: late.body,
      template: template.status,
      expired: errorOf(expired),
      renewed: (await send(whatsAppText(ANNA, 'Hello'), renewed)).status,
    }).toEqual({
      before: [400, 131_047, 'OAuthException'],
      refused: [
        [401, 190, 'OAuthException'],
        [400, 100, 'OAuthException'],
        [400, 100, 'OAuthException'],
        [400, 100, 'OAuthException'],
        [400, 131_026, 'OAuthException'],
        [400, 100, 33, 'GraphMethodException'],
      ],
      longest: 200,
      late: {
        error: {
          message: '(#131047) Re-engagement message',
          type: 'OAuthException',
          code: 131_047,
          error_data: {
            messaging_product: 'whatsapp',
            details:
              'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
          },
          fbtrace_id: expect.any(String),
        },
      },
      template: 200,
      expired: [401, 190, 463, 'OAuthException'],
      renewed: 200,
    });
  });

  it('takes 45 messages at once to one customer, then one each six seconds', async () => {
    const account = app.whatsapp(NUMBER);
    await account.customer(ANNA).say('Hello');
    const send = () =>
      call(graph(`/${NUMBER}/messages`), { token: account.accessToken, json: whatsAppText(ANNA, 'Hi') });
    const statuses = new Set<number>();
    for (let count = 0; count < 45; count += 1) statuses.add((await send()).status);
    const tooMany = await send();
    await clock.advance(6000);
    expect([[...statuses], errorOf(tooMany), (await send()).status]).toEqual([
      [200],
      [429, 131_056, 'OAuthException'],
      200,
    ]);
  });

  it('has faults on demand: refused, failed, and done without an answer', async () => {
    const account = app.whatsapp(NUMBER);
    const anna = account.customer(ANNA);
    await anna.say('Hello');
    const send = () =>
      call(graph(`/${NUMBER}/messages`), { token: account.accessToken, json: whatsAppText(ANNA, 'Hi') });
    social.faults.load([
      { kind: 'rate-limited', platform: 'whatsapp' },
      { kind: 'server-error', accountId: NUMBER },
      { kind: 'token-expired' },
    ]);
    const refused = [await send(), await send(), await send()].map(errorOf);
    social.faults.load([{ kind: 'no-answer' }]);
    await expect(send()).rejects.toThrow('fetch failed');
    const nothing = anna.received();
    social.faults.load([{ kind: 'lost-answer' }]);
    await expect(send()).rejects.toThrow('fetch failed');
    expect({ refused, nothing, after: anna.received().map((one) => one.text), next: (await send()).status }).toEqual({
      refused: [
        [429, 130_429, 'OAuthException'],
        [503, 2, 'OAuthException'],
        [401, 190, 463, 'OAuthException'],
      ],
      nothing: [],
      after: ['Hi'],
      next: 200,
    });
  });
});

describe("Meta's webhooks", () => {
  it('are registered only after their handshake, by hand and by the API', async () => {
    const subscribe = (verifyToken: string, token = `${app.appId}|app-secret`) =>
      call(graph(`/${app.appId}/subscriptions`), {
        token,
        json: { object: 'page', callback_url: hook.url, verify_token: verifyToken, fields: 'messages' },
      });
    await expect(app.registerWebhook(hook.url, 'wrong')).rejects.toThrow('HTTP Status Code = 403');
    const [wrong, foreign, right] = [
      await subscribe('wrong'),
      await subscribe('verify-token', `${app.appId}|x`),
      await subscribe('verify-token'),
    ];
    expect({ wrong: errorOf(wrong), foreign: errorOf(foreign), right: right.body, webhooks: app.webhooks() }).toEqual({
      wrong: [400, 2200, 'OAuthException'],
      foreign: [401, 190, 'OAuthException'],
      right: { success: true },
      webhooks: { page: hook.url },
    });
  });

  it('are called again until they answer, also after a restart, and more often than that on demand', async () => {
    const anna = app.page(PAGE).customer('24001');
    await app.registerWebhook(hook.url);
    hook.statuses.push(500, 503);
    const said = await anna.say('Hello');
    await clock.advance(0);
    const before = hook.calls.length;
    const delivered = said.delivered.then(() => 'delivered');
    const winding = (async () => {
      for (let step = 0; step < 100 && hook.calls.length < 3; step += 1) {
        await clock.advance(1000);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    expect([said.status, before, await delivered]).toEqual([500, 1, 'delivered']);
    await winding;
    expect(await said.repeat()).toBe(200);
    expect(new Set(hook.calls.map((one) => `${one.text} ${String(one.headers['x-hub-signature-256'])}`)).size).toBe(1);
    expect(hook.calls).toHaveLength(4);
  });

  it('carry several messages at once when they were held', async () => {
    const account = app.instagram(IG);
    await app.registerWebhook(hook.url);
    app.hold();
    const saying = [account.customer('901').say('one'), account.customer('902').say('two')];
    const held = await Promise.all(saying.map(async (said) => (await said).status));
    const released = await app.release();
    const entries = (sent(0) as { entry: { messaging: { message: { text: string } }[] }[] }).entry;
    expect({
      held,
      released: released.map(({ status }) => status),
      calls: hook.calls.length,
      texts: entries.map(({ messaging }) => messaging[0]?.message.text),
    }).toEqual({ held: [undefined, undefined], released: [200], calls: 1, texts: ['one', 'two'] });
  });
});

describe('the embedded Messenger and Instagram', () => {
  it('take replies within the window, tell their echo, and count characters and bytes', async () => {
    const page = app.page(PAGE);
    const ig = app.instagram(IG);
    await app.registerWebhook(hook.url);
    const [anna, ben] = [page.customer('24001'), ig.customer('901')];
    await anna.say('Hello');
    await ben.say('Hello');
    const onPage = (message: object, extra = {}) =>
      call(graph('/me/messages'), {
        token: page.accessToken,
        json: { recipient: { id: '24001' }, messaging_type: 'RESPONSE', message, ...extra },
      });
    const onInstagram = (message: string, host = social.peers().INSTAGRAM_API_URL) =>
      call(`${host}/v24.0/${IG}/messages`, {
        token: ig.accessToken,
        json: { recipient: { id: '901' }, message: { text: message } },
      });
    const reply = await onPage({ text: 'Hi Anna' });
    await expect.poll(() => hook.calls.length).toBe(3);
    const refused = [
      await onPage({ text: 'x'.repeat(2001) }),
      await onPage({}),
      await onPage({ text: 'x' }, { recipient: { id: '24999' } }),
      await onInstagram('ä'.repeat(501)),
      await onInstagram('Hi', social.peers().GRAPH_API_URL),
    ].map(errorOf);
    const fine = await onInstagram('ä'.repeat(500));
    await clock.advance(24 * HOUR_MS + 1);
    const late = [await onPage({ text: 'Hi' }), await onInstagram('Hi')].map(errorOf);
    const human = await onPage({ text: 'Hi' }, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
    const [received] = anna.received();
    expect({ reply: reply.body, echo: sent(2), refused, fine: fine.status, late, human: human.status }).toEqual({
      reply: { recipient_id: '24001', message_id: received?.messageId },
      echo: {
        object: 'page',
        entry: [
          {
            id: PAGE,
            time: expect.any(Number),
            messaging: [
              {
                sender: { id: PAGE },
                recipient: { id: '24001' },
                timestamp: expect.any(Number),
                message: { mid: received?.messageId, text: 'Hi Anna', is_echo: true, app_id: Number(app.appId) },
              },
              {
                sender: { id: '24001' },
                recipient: { id: PAGE },
                timestamp: expect.any(Number),
                delivery: { mids: [received?.messageId], watermark: expect.any(Number) },
              },
            ],
          },
        ],
      },
      refused: [
        [400, 100, 'OAuthException'],
        [400, 100, 'OAuthException'],
        [400, 100, 2_018_001, 'OAuthException'],
        [400, 100, 'OAuthException'],
        [401, 190, 'OAuthException'],
      ],
      fine: 200,
      late: [
        [400, 10, 2_018_278, 'OAuthException'],
        [400, 10, 2_534_022, 'OAuthException'],
      ],
      human: 200,
    });
  });
});
