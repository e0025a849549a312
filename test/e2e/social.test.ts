import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SocialCustomer } from '../../local/social/customer.ts';
import type { MetaApp, SocialAccountHandle } from '../../local/social/graph/meta-app.ts';
import type { XApp } from '../../local/social/x/x-app.ts';
import { redrive } from '../../scripts/redrive.ts';
import { Api } from './support/api.ts';
import { BIKE_SHOP, formOf } from './support/business.ts';
import { type JumpingClock, jumpingClock } from './support/clocks.ts';
import { type Harness, startHarness } from './support/harness.ts';
import { channelsOf, entrust, queueOf, signedMessage, textsOf } from './support/social.ts';

const NOTICE = 'The workshop is closed until Monday.';
const PUNCTURE = 'What does a puncture cost?';
const CHAIN = 'What does a new chain cost?';
/** Longer than a failed message waits for its next attempt, and than SQS knows a message again. */
const WAIT_MS = 301_000;
/** Attempts before a message is a dead letter. */
const ATTEMPTS = 10;

const channel = (channelType: string, accountId: string) => ({ channelType, settings: { accountId } });
const ACCOUNTS = { whatsapp: '106540352242922', facebook: '2085', instagram: '17841400000', twitter: '4337869213' };
const CHANNELS = Object.entries(ACCOUNTS).map(([type, accountId]) => channel(type, accountId));
const NEIGHBOURS_NUMBER = '106540352242999';

describe('an agent in four inboxes', () => {
  let harness: Harness;
  let clock: JumpingClock;
  let queue: ReturnType<typeof queueOf>;
  let api: Api;
  let neighbour: Api;
  let app: MetaApp;
  let x: XApp;
  let neighboursApp: MetaApp;
  let accounts: Record<keyof typeof ACCOUNTS, SocialAccountHandle>;
  let neighboursNumber: SocialAccountHandle;
  let agentId: string;
  let neighboursAgent: string;
  let webhook: string;

  const act = (action: string) => api.request('POST', `/api/v1/agents/${agentId}/${action}`);
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    new Api(harness.cloud.apiUrl).request('POST', path, body, { 'content-type': 'application/json', ...headers });
  /** Somebody new to each platform. */
  const people = (number: number): SocialCustomer[] =>
    Object.values(accounts).map((account) => account.customer(`1415555${String(number).padStart(4, '0')}`));
  const failed = async (before: number) => {
    while (queue.failures() <= before) await pause(20);
  };

  beforeAll(async () => {
    clock = jumpingClock();
    harness = await startHarness({ clock });
    const { social } = harness.cloud;
    queue = queueOf(harness);
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('workshop'));
    neighbour = new Api(harness.cloud.apiUrl, await harness.tokenOf('neighbour'));
    app = social.meta.app();
    neighboursApp = social.meta.app({ appSecret: 'the-secret-of-the-neighbour' });
    x = social.x.app();
    accounts = {
      whatsapp: app.whatsapp(ACCOUNTS.whatsapp),
      facebook: app.page(ACCOUNTS.facebook),
      instagram: app.instagram(ACCOUNTS.instagram),
      twitter: x.account(ACCOUNTS.twitter),
    };
    neighboursNumber = neighboursApp.whatsapp(NEIGHBOURS_NUMBER);
    webhook = await entrust(api, 'meta', app.credentials());
    await entrust(neighbour, 'meta', neighboursApp.credentials());
    const fields = { pausedNotice: NOTICE, channels: JSON.stringify(CHANNELS) };
    const theirs = { ...BIKE_SHOP.fields, channels: [channel('whatsapp', NEIGHBOURS_NUMBER)] };
    const [ours, other] = await Promise.all([
      api.request('POST', '/api/v1/agents', formOf(BIKE_SHOP, { fields })),
      neighbour.request('POST', '/api/v1/agents', theirs),
    ]);
    [agentId, neighboursAgent] = [String(ours.body.agentId), String(other.body.agentId)];
    expect(await channelsOf(neighbour, neighboursAgent)).toEqual(['whatsapp active']);
  });
  afterAll(async () => {
    queue?.sqs.destroy();
    await harness?.stop();
  });

  it('is active where its platform lets it in, says why it is not elsewhere, and comes there once it may', async () => {
    const active = ['facebook active', 'instagram active'];
    const missing = 'twitter failed (channel-credentials-missing)';
    expect(await channelsOf(api, agentId)).toEqual([...active, missing, 'whatsapp active']);
    expect((await api.request('GET', `/api/v1/agents/${agentId}`)).body.status).toBe('active');
    await entrust(api, 'twitter', x.credentials());
    expect((await act('channels/twitter/retry')).status).toBe(202);
    expect(await channelsOf(api, agentId)).toEqual([...active, 'twitter active', 'whatsapp active']);
  });

  it('answers each platform’s signed webhook with the figure of the document, a message that comes ten times once', async () => {
    const customers = people(1);
    const said = await Promise.all(customers.map((customer) => customer.say(PUNCTURE)));
    expect(said.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const repeat = () => Promise.all(said.map((one) => one.repeat()));
    for (let times = 2; times < 10; times += 1) expect(await repeat()).toEqual([200, 200, 200, 200]);
    const inboxes = await Promise.all(customers.map((customer) => customer.inbox()));
    expect(inboxes.map(([first]) => /\b15 euros/.test(first?.text ?? ''))).toEqual([true, true, true, true]);
    await queue.empty();
    // SQS has forgotten them by then.
    clock.jump(WAIT_MS);
    expect(await repeat()).toEqual([200, 200, 200, 200]);
    await queue.empty();
    expect(customers.map((customer) => customer.received().length)).toEqual([1, 1, 1, 1]);
  });

  it('hears nobody who cannot sign, and one who can', async () => {
    const customer = accounts.whatsapp.customer('14155550002');
    await customer.say('Hello?');
    await customer.inbox();
    const before = queue.sends();
    const message = { from: customer.id, id: 'wamid.signed/1', text: PUNCTURE, atMs: clock.now() };
    const { body, signature } = signedMessage(app, accounts.whatsapp, message);
    const signed = (value: string) => ({ 'x-hub-signature-256': value });
    const again = JSON.stringify(JSON.parse(body));
    const xWebhook = new URL(x.webhooks()[0]?.url ?? '').pathname;
    const hex = Buffer.from(x.sign(body).replace('sha256=', ''), 'base64').toString('hex');
    const answers = await Promise.all([
      post(webhook, body, signed(neighboursApp.sign(body))),
      post(webhook, again, signed(signature)),
      post(webhook, body),
      post(webhook, body, signed(signature.replace('sha256=', 'sha1='))),
      post(webhook, `${body} `, signed(signature)),
      post(xWebhook, body, { 'x-twitter-webhooks-signature': `sha256=${hex}` }),
      post(webhook.replace(/[^/]+$/, 'A'.repeat(43)), body, signed(signature)),
      new Api(harness.cloud.apiUrl).request(
        'GET',
        `${webhook}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=not-the-one`,
      ),
    ]);
    expect(answers.map((answer) => `${answer.status} ${String(answer.body.code)}`)).toEqual([
      ...Array(6).fill('403 invalid-signature'),
      '404 webhook-not-found',
      '403 wrong-verify-token',
    ]);
    expect(queue.sends()).toBe(before);
    // As API Gateway passes it on, this body is base64.
    const binary = await post(webhook, body, { ...signed(signature), 'content-type': 'application/octet-stream' });
    expect(binary.status).toBe(200);
    expect((await customer.inbox(2))[1]?.text).toContain('15 euros');
  });

  it('answers 23 customers at once, each once and in the order of what they wrote', async () => {
    const [now, meta] = [clock.now(), [accounts.whatsapp, accounts.facebook, accounts.instagram]];
    const onMeta = meta.flatMap((account) =>
      Array.from({ length: 7 }, (_, index) => account.customer(`1415555${3000 + index}`)),
    );
    const onX = [3000, 3001].map((number) => accounts.twitter.customer(`1415555${number}`));
    app.hold();
    // Platforms promise no order: what was written first comes last, in the same call.
    for (const customer of onMeta) await customer.say(CHAIN, { atMs: now });
    for (const customer of onMeta) await customer.say(PUNCTURE, { atMs: now - 5000 });
    const releasing = app.release();
    for (const text of [PUNCTURE, CHAIN]) await Promise.all(onX.map((customer) => customer.say(text)));
    expect((await releasing).map(({ status }) => status)).toEqual([200, 200, 200]);
    await queue.empty();
    const figures = [...onMeta, ...onX].map((customer) => textsOf(customer).map((text) => /\d+ euros/.exec(text)?.[0]));
    expect(figures).toEqual(Array(23).fill(['15 euros', '45 euros']));
  });

  it('hears nothing that is for another tenant’s account, by whichever webhook it comes', async () => {
    const theirs = neighboursNumber.customer('14155550004');
    const ours = accounts.whatsapp.customer('14155550004');
    const theirWebhook = await entrust(neighbour, 'meta', {
      ...neighboursApp.credentials(),
      accounts: {
        ...neighboursApp.credentials().accounts,
        [ACCOUNTS.whatsapp]: { accessToken: accounts.whatsapp.accessToken },
      },
    });
    const message = { from: theirs.id, id: 'wamid.astray', text: PUNCTURE, atMs: clock.now() };
    const toThem = signedMessage(app, neighboursNumber, message);
    const toUs = signedMessage(neighboursApp, accounts.whatsapp, message);
    const before = queue.sends();
    expect((await post(webhook, toThem.body, { 'x-hub-signature-256': toThem.signature })).status).toBe(200);
    expect((await post(theirWebhook, toUs.body, { 'x-hub-signature-256': toUs.signature })).status).toBe(200);
    expect(queue.sends()).toBe(before);
    expect([textsOf(theirs), textsOf(ours)]).toEqual([[], []]);
    await theirs.say('I am your neighbour’s customer.');
    await theirs.inbox();
    // Even with a token that is good for it.
    const path = `/api/v1/agents/${neighboursAgent}/channels`;
    await neighbour.request('PUT', path, { channels: [channel('whatsapp', ACCOUNTS.whatsapp)] });
    expect(await channelsOf(neighbour, neighboursAgent)).toEqual(['whatsapp failed (channel-account-taken)']);
    const { customers } = (await api.request<{ customers: object[] }>('GET', `/api/v1/agents/${agentId}/customers`))
      .body;
    expect(JSON.stringify(customers)).not.toContain('14155550004');
  });

  it('gives its notice while it is paused, and nothing while it is stopped', async () => {
    const customers = people(5);
    const say = (text: string) => Promise.all(customers.map((customer) => customer.say(text)));
    await act('pause');
    await say('Are you there?');
    await Promise.all(customers.map((customer) => customer.inbox()));
    await act('stop');
    await say('And now?');
    await queue.empty();
    await act('start');
    await say(PUNCTURE);
    await queue.empty();
    const heard = customers.map((customer) => textsOf(customer).map((text) => /\d+ euros/.exec(text)?.[0] ?? text));
    expect(heard).toEqual(Array(4).fill([NOTICE, '15 euros']));
  });

  it('waits as long as a platform wants that has had enough', async () => {
    const customer = accounts.instagram.customer('14155550006');
    harness.cloud.social.faults.load([{ kind: 'rate-limited', platform: 'instagram' }]);
    const before = queue.failures();
    await customer.say(PUNCTURE);
    await failed(before);
    expect(textsOf(customer)).toEqual([]);
    clock.jump(WAIT_MS);
    await queue.empty();
    expect(textsOf(customer)).toEqual([expect.stringContaining('15 euros')]);
  });

  it('keeps what an expired token leaves unanswered, until the token is renewed and somebody brings it back', async () => {
    const [customer, other] = [accounts.whatsapp.customer('14155550007'), accounts.facebook.customer('14155550007')];
    const lines: string[] = [];
    const bringBack = (isDryRun: boolean) =>
      redrive(
        { sqs: queue.sqs, print: (line) => lines.push(line), pause },
        { stage: 'dev', isDryRun, messagesPerSecond: 10 },
      );
    accounts.whatsapp.expireToken();
    const before = queue.failures();
    await customer.say(PUNCTURE);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      await failed(before + attempt);
      clock.jump(WAIT_MS);
    }
    await queue.empty();
    api = new Api(harness.cloud.apiUrl, await harness.tokenOf('workshop'));
    const standing = ['facebook active', 'instagram active', 'twitter active'];
    const refused = 'whatsapp active (channel-credentials-refused)';
    expect(await channelsOf(api, agentId)).toEqual([...standing, refused]);
    await other.say(PUNCTURE);
    await other.inbox();
    await bringBack(true);
    accounts.whatsapp.renewToken();
    await entrust(api, 'meta', app.credentials());
    await bringBack(false);
    await queue.empty();
    await bringBack(false);
    expect(lines.map((line) => line.replace(/^\S+: /, ''))).toEqual([
      '1 message without an answer.',
      '1 message without an answer.',
      '1 message back in the queue; they are being answered.',
      '0 messages without an answer.',
    ]);
    expect(textsOf(customer)).toEqual([expect.stringContaining('15 euros')]);
    expect(await channelsOf(api, agentId)).toEqual([...standing, 'whatsapp active']);
  });

  it('leaves its accounts to the next one when it is deleted', async () => {
    const customer = accounts.whatsapp.customer('14155550008');
    await api.request('DELETE', `/api/v1/agents/${agentId}`);
    while ((await api.request('GET', `/api/v1/agents/${agentId}`)).status !== 404) await pause(250);
    const before = queue.sends();
    expect((await customer.say(PUNCTURE)).status).toBe(200);
    expect(queue.sends()).toBe(before);
    neighboursApp.whatsapp(ACCOUNTS.whatsapp);
    neighbour = new Api(harness.cloud.apiUrl, await harness.tokenOf('neighbour'));
    await entrust(neighbour, 'meta', neighboursApp.credentials());
    await neighbour.request('POST', `/api/v1/agents/${neighboursAgent}/channels/whatsapp/retry`);
    expect(await channelsOf(neighbour, neighboursAgent)).toEqual(['whatsapp active']);
    await customer.say(PUNCTURE);
    await queue.empty();
    expect(customer.received()).toHaveLength(1);
  });
});
