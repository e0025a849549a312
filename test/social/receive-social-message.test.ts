import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_TEXT_LENGTH } from '../../shared/social/inbound/inbound-message.ts';
import { metaSignature } from '../../shared/social/signatures.ts';
import {
  directMessage,
  messaging,
  NOON_MS,
  PAGE,
  PHONE_NUMBER_ID,
  whatsapp,
  whatsappText,
  X_USER,
} from './support/platform-payloads.ts';
import { AGENT, ANN, META, startWebhooks, TWITTER, WEBHOOK } from './support/webhooks.ts';

const DAY_MS = 86_400_000;

describe("Meta's handshake", () => {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': META.verifyToken, 'hub.challenge': '1158201444' };

  it('gets the challenge back as plain text, exactly', async () => {
    const { call } = startWebhooks();
    expect(await call({ method: 'GET', query })).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      text: '1158201444',
      code: undefined,
    });
  });

  it('is refused with another token, an unknown address, or half a question', async () => {
    const { call } = startWebhooks();
    const answers = await Promise.all([
      call({ method: 'GET', query: { ...query, 'hub.verify_token': 'another' } }),
      call({ method: 'GET', query, webhookId: 'a'.repeat(43) }),
      call({ method: 'GET', query, webhookId: '../../secrets' }),
      call({ method: 'GET', query, webhookId: WEBHOOK.twitter }),
      call({ method: 'GET', query: { ...query, 'hub.mode': 'unsubscribe' } }),
      call({ method: 'GET', query: {} }),
    ]);
    expect(answers.map(({ status, code }) => [status, code])).toEqual([
      [403, 'wrong-verify-token'],
      [404, 'webhook-not-found'],
      [404, 'webhook-not-found'],
      [404, 'webhook-not-found'],
      [400, 'invalid-request'],
      [400, 'invalid-request'],
    ]);
  });
});

describe('the CRC of X', () => {
  it('gets the HMAC of its token in base64', async () => {
    const { call } = startWebhooks();
    const answer = await call({ platform: 'twitter', method: 'GET', query: { crc_token: 'a-token' } });
    const mac = createHmac('sha256', TWITTER.consumerSecret).update('a-token').digest('base64');
    expect({ status: answer.status, body: JSON.parse(answer.text) as unknown }).toEqual({
      status: 200,
      body: { response_token: `sha256=${mac}` },
    });
  });
});

describe('a signed webhook', () => {
  it('is answered 200 once its message is in the queue, with the way back', async () => {
    const { meta, world } = startWebhooks();
    expect(await meta(whatsappText('wamid.1', 'Are you open?'))).toMatchObject({ status: 200, text: '' });
    expect(world.queued).toEqual([
      {
        message: {
          userId: ANN,
          agentId: AGENT,
          channel: 'whatsapp',
          messageId: 'wamid.1',
          identity: { kind: 'phone', value: '+16315551234' },
          displayName: 'Kerry Fisher',
          text: 'Are you open?',
          attachments: [],
          sentAtMs: NOON_MS,
        },
        route: { kind: 'whatsapp', accountId: PHONE_NUMBER_ID, to: '16315551234' },
      },
    ]);
  });

  it('of X is signed in base64', async () => {
    const { twitter, world } = startWebhooks();
    expect(await twitter(directMessage('7', 'Hi'))).toMatchObject({ status: 200 });
    expect(world.queued.map(({ route, message }) => ({ route, text: message.text }))).toEqual([
      { route: { kind: 'twitter', accountId: X_USER, to: '3805104374' }, text: 'Hi' },
    ]);
  });

  it('is checked over its very bytes, also where the gateway gives them as base64', async () => {
    const { call, world } = startWebhooks();
    const body = JSON.stringify(whatsappText('wamid.1', 'Grüße 🙂 \u2028')).replace(
      'Grüße',
      String.raw`Gr\u00fc\u00dfe`,
    );
    const headers = { 'X-Hub-Signature-256': metaSignature(META.appSecret, Buffer.from(body)) };
    const base64 = Buffer.from(body).toString('base64');
    expect([
      await call({ body: base64, isBase64Encoded: true, headers }),
      await call({ body, headers }),
      await call({ body: JSON.stringify(JSON.parse(body)), headers }),
    ]).toMatchObject([{ status: 200 }, { status: 200 }, { status: 403, code: 'invalid-signature' }]);
    expect(world.queued.map(({ message }) => message.text)).toEqual(['Grüße 🙂', 'Grüße 🙂']);
  });

  it('that is forged, unsigned, signed otherwise or for somebody else queues nothing', async () => {
    const { meta, call, twitter, world } = startWebhooks();
    const body = whatsappText('wamid.1', 'Hi');
    const text = JSON.stringify(body);
    const base64 = `sha256=${createHmac('sha256', META.appSecret).update(text).digest('base64')}`;
    const answers = [
      await meta(body, { secret: 'another-secret' }),
      await call({ body: text }),
      await call({ body: text, headers: { 'x-hub-signature-256': '' } }),
      await call({ body: text, headers: { 'x-hub-signature-256': 'sha256=' } }),
      await call({ body: text, headers: { 'x-hub-signature-256': base64 } }),
      await meta(body, { body: `${text} ` }),
      await twitter(directMessage('1', 'Hi'), { secret: META.appSecret }),
      await call({ headers: { 'x-hub-signature-256': metaSignature('', Buffer.from('')) } }),
    ];
    expect(answers.map(({ status, code }) => [status, code])).toEqual(answers.map(() => [403, 'invalid-signature']));
    expect(world.queued).toEqual([]);
  });

  it('reaches only agents of the tenant whose webhook it is', async () => {
    const { meta, world } = startWebhooks();
    world.owners.set(`whatsapp#${PHONE_NUMBER_ID}`, 'ben' as typeof ANN);
    world.owners.delete(`facebook#${PAGE}`);
    expect([
      await meta(whatsappText('wamid.1', 'Hi')),
      await meta(messaging('page', PAGE, { message: { mid: 'm', text: 'Hi' } })),
    ]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(world.queued).toEqual([]);
  });

  it('is not taken again after its time: a replay of last month is ignored', async () => {
    const { meta, world } = startWebhooks();
    world.nowMs = NOON_MS + 8 * DAY_MS;
    expect(await meta(whatsappText('wamid.1', 'Hi'))).toMatchObject({ status: 200 });
    world.nowMs = NOON_MS + 6.9 * DAY_MS;
    expect(await meta(whatsappText('wamid.2', 'Hi'))).toMatchObject({ status: 200 });
    expect(world.queued.map(({ message }) => message.messageId)).toEqual(['wamid.2']);
  });

  it('that makes no sense is a bad request or nothing to do, never a failure of ours', async () => {
    const { meta, call, world } = startWebhooks();
    const notUtf8 = Buffer.from([0x7b, 0xff, 0x7d]);
    const answers = [
      await meta('not json'),
      await call({
        body: notUtf8.toString('base64'),
        isBase64Encoded: true,
        headers: { 'x-hub-signature-256': metaSignature(META.appSecret, notUtf8) },
      }),
      await meta('null'),
      await meta('[]'),
      await meta('{"object":"permissions","entry":[{}]}'),
      await meta(whatsapp({ id: 'x', timestamp: 'yesterday', text: { body: 'Hi' } })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 200, 200, 200, 200]);
    expect(world.queued).toEqual([]);
  });

  it('of a million characters keeps what an agent can bear', async () => {
    const { meta, world } = startWebhooks();
    expect(await meta(whatsappText('wamid.1', 'a'.repeat(1_000_000)))).toMatchObject({ status: 200 });
    expect(world.queued.map(({ message }) => message.text.length)).toEqual([MAX_TEXT_LENGTH]);
  });

  it('is asked to come again while the queue takes nothing', async () => {
    const failure = Object.assign(new Error('throttled'), { name: 'ThrottlingException' });
    const { meta } = startWebhooks({ queue: { enqueue: () => Promise.reject(failure) } });
    expect(await meta(whatsappText('wamid.1', 'Hi'))).toMatchObject({ status: 503, code: 'service-unavailable' });
  });

  it('finds rotated credentials at once and taken-back ones soon, while others are read once', async () => {
    const { meta, world } = startWebhooks();
    await meta(whatsappText('wamid.1', 'Hi'));
    await meta(whatsappText('wamid.2', 'Hi'));
    expect(world.credentialReads).toBe(1);
    world.meta = { ...META, appSecret: 'rotated-secret' };
    expect(await meta(whatsappText('wamid.3', 'Hi'), { secret: 'rotated-secret' })).toMatchObject({ status: 200 });
    world.meta = undefined;
    world.nowMs += 31_000;
    expect(await meta(whatsappText('wamid.4', 'Hi'), { secret: 'rotated-secret' })).toMatchObject({ status: 404 });
  });
});
