import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestClock } from '../../../local/core/clock.ts';
import type { SocialPlatforms } from '../../../local/social/index.ts';
import { isSigned, readOAuth } from '../../../local/social/x/oauth1.ts';
import type { XApp } from '../../../local/social/x/x-app.ts';
import { type OAuth1Keys, oauth1Header } from '../../../shared/social/outbound/oauth1.ts';
import { call, startPlatforms, startWebhook } from './support.ts';

const SHOP = '2244994945';
const ANNA = '783214';

let social: SocialPlatforms;
let clock: TestClock;
let app: XApp;
let hook: Awaited<ReturnType<typeof startWebhook>>;
let nonces = 0;
beforeEach(async () => {
  ({ social, clock } = await startPlatforms());
  app = social.x.app({ consumerSecret: 'consumer-secret' });
  hook = await startWebhook((url) => ({
    status: 200,
    text: JSON.stringify({ response_token: app.sign(url.searchParams.get('crc_token') ?? '') }),
  }));
});
afterEach(async () => {
  await social.close();
  await hook.close();
});

const keys = (): OAuth1Keys => {
  const { consumerKey, consumerSecret } = app;
  const { accessToken, accessTokenSecret } = app.account(SHOP);
  return { consumerKey, consumerSecret, accessToken, accessTokenSecret };
};
/** A request that the product's own client has signed. */
const signed = (
  path: string,
  json?: object,
  given: Partial<OAuth1Keys & { nonce: string; aheadMs: number }> = {},
  method = 'POST',
) => {
  const url = `${social.peers().X_API_URL}${path}`;
  nonces += 1;
  const { nonce = `nonce-${nonces}`, aheadMs = 0, ...changed } = given;
  const timestamp = Math.floor((clock.now() + aheadMs) / 1000);
  const authorization = oauth1Header({ method, url }, { ...keys(), ...changed }, { nonce, timestamp });
  return call(url, { method, headers: { authorization }, ...(json ? { json } : {}) });
};
const message = (text: string, to = ANNA) => ({ path: `/2/dm_conversations/with/${to}/messages`, json: { text } });
const send = (text: string, given = {}, to = ANNA) => signed(message(text, to).path, { text }, given);

describe('the embedded X', () => {
  it('tells a direct message with its signature, takes the reply, and tells that, too', async () => {
    const anna = app.account(SHOP, { name: 'Shop' }).customer(ANNA, 'Anna');
    await app.registerWebhook(hook.url);
    const said = await anna.say('Grüße');
    const [first] = hook.calls;
    const reply = await send('Hello Anna');
    const [received] = await anna.inbox();
    await expect.poll(() => hook.calls.length).toBe(2);
    const own = JSON.parse(hook.calls[1]?.text ?? '{}') as {
      direct_message_events: { message_create: { sender_id: string } }[];
    };
    expect({
      status: said.status,
      signature: first?.headers['x-twitter-webhooks-signature'],
      told: JSON.parse(first?.text ?? '{}') as object,
      reply: [reply.status, reply.body, reply.headers.get('x-rate-limit-remaining')],
      received,
      own: own.direct_message_events[0]?.message_create.sender_id,
    }).toEqual({
      status: 200,
      signature: `sha256=${createHmac('sha256', 'consumer-secret')
        .update(first?.text ?? '')
        .digest('base64')}`,
      told: {
        for_user_id: SHOP,
        direct_message_events: [
          {
            type: 'message_create',
            id: said.messageId,
            created_timestamp: '1795251600000',
            message_create: {
              target: { recipient_id: SHOP },
              sender_id: ANNA,
              message_data: {
                text: 'Grüße',
                entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] },
              },
            },
          },
        ],
        users: {
          [SHOP]: { id: SHOP, created_timestamp: '1795251600000', name: 'Shop', screen_name: 'Shop' },
          [ANNA]: { id: ANNA, created_timestamp: '1795251600000', name: 'Anna', screen_name: 'Anna' },
        },
      },
      reply: [
        201,
        { data: { dm_conversation_id: [SHOP, ANNA].sort().join('-'), dm_event_id: received?.messageId } },
        '14',
      ],
      received: { messageId: received?.messageId, text: 'Hello Anna', type: 'text', atMs: clock.now() },
      own: SHOP,
    });
  });

  it('lets in only who signs rightly, once, now, and as a user', async () => {
    await app.account(SHOP).customer(ANNA).say('Hello');
    const { path, json } = message('Hello');
    const statuses = [
      await send('Hello', { nonce: 'once' }),
      await send('Hello', { nonce: 'once' }),
      await send('Hello', { consumerSecret: 'other' }),
      await send('Hello', { accessTokenSecret: 'other' }),
      await send('Hello', { accessToken: 'other' }),
      await send('Hello', { aheadMs: 400_000 }),
      await call(`${social.peers().X_API_URL}${path}`, { json }),
      await call(`${social.peers().X_API_URL}${path}`, { json, token: app.bearerToken }),
    ].map(({ status, body }) => [status, body.title ?? 'taken']);
    expect(statuses).toEqual([
      [201, 'taken'],
      ...Array.from({ length: 6 }, () => [401, 'Unauthorized']),
      [403, 'Unsupported Authentication'],
    ]);
  });

  it('refuses strangers and long texts, and counts fifteen messages in a quarter of an hour', async () => {
    await app.account(SHOP).customer(ANNA).say('Hello');
    const stranger = await send('Hello', {}, '999');
    const long = await send('x'.repeat(10_001));
    for (let count = 0; count < 15; count += 1) await send('Hello');
    const tooMany = await send('Hello');
    const resetMs = Number(tooMany.headers.get('x-rate-limit-reset')) * 1000;
    const waitMs = resetMs - clock.now();
    await clock.advance(waitMs);
    expect({
      stranger: [stranger.status, stranger.body.detail],
      long: [long.status, long.body.title],
      tooMany: [tooMany.status, tooMany.body, tooMany.headers.get('x-rate-limit-remaining'), waitMs],
      later: (await send('Hello')).status,
    }).toEqual({
      stranger: [403, 'You do not have permission to DM one or more participants.'],
      long: [400, 'Invalid Request'],
      tooMany: [
        429,
        { title: 'Too Many Requests', detail: 'Too Many Requests', type: 'about:blank', status: 429 },
        '0',
        900_000,
      ],
      later: 201,
    });
  });

  it('registers a webhook that answers the CRC, subscribes users to it, and drops it when it answers wrongly', async () => {
    const shop = app.account(SHOP);
    const webhooks = (json: object, token = app.bearerToken) =>
      call(`${social.peers().X_API_URL}/2/webhooks`, { token, json });
    const made = await webhooks({ url: hook.url });
    const { id } = made.body.data as { id: string };
    const subscribe = () => signed(`/2/account_activity/webhooks/${id}/subscriptions/all`);
    const answers = [
      await webhooks({ url: hook.url }, 'wrong'),
      await webhooks({ url: hook.url }),
      await webhooks({ url: `${hook.url}2` }),
      await subscribe(),
      await subscribe(),
      await signed(`/2/account_activity/webhooks/${id}/subscriptions/all`, undefined, {}, 'GET'),
      await signed('/2/users/me', undefined, {}, 'GET'),
    ];
    const told = await shop.customer(ANNA).say('Hello');
    await hook.close();
    const isFine = await app.check();
    hook = await startWebhook(() => ({ status: 200, text: '{}' }));
    expect({
      made: [made.status, made.body.data],
      answers: answers.map(({ status, body }) => [status, body.data ?? body.detail]),
      told: told.status,
      isFine,
      untold: (await shop.customer(ANNA).say('Hello')).status,
    }).toEqual({
      made: [200, { id, url: expect.any(String), valid: true, created_at: '2026-11-21T09:00:00.000Z' }],
      answers: [
        [401, 'Unauthorized'],
        [400, 'One or more parameters to your request was invalid.'],
        [403, 'Too many resources already created.'],
        [200, { subscribed: true }],
        [400, 'One or more parameters to your request was invalid.'],
        [200, { subscribed: true }],
        [200, { id: SHOP, name: `Business ${SHOP}`, username: `Business_${SHOP}` }],
      ],
      told: 200,
      isFine: false,
      untold: undefined,
    });
  });
});

it("a signature is checked as in X's own example", () => {
  const oauth = readOAuth(
    'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318622958", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", oauth_version="1.0"',
  );
  const request = {
    method: 'POST',
    url: new URL('https://api.twitter.com/1.1/statuses/update.json?include_entities=true'),
  };
  const secrets = {
    consumerSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
  };
  const status = (text: string) => [['status', text]] as const;
  expect([
    isSigned(request, oauth ?? {}, secrets, status('Hello Ladies + Gentlemen, a signed OAuth request!')),
    isSigned(request, oauth ?? {}, secrets, status('Hello')),
  ]).toEqual([true, false]);
});
