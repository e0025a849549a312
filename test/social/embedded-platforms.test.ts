import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSocial, type SocialPlatforms } from '../../local/social/index.ts';
import type { Agent } from '../../shared/agents/agent.ts';
import type { Channel, SocialChannelType } from '../../shared/channels/channel.ts';
import type { UserId } from '../../shared/kernel/ids.ts';
import { leanFetch } from '../../shared/kernel/lean-fetch.ts';
import type { CredentialsOf } from '../../shared/social/channel-credentials.ts';
import { graphApi } from '../../shared/social/outbound/graph-api.ts';
import { type ReplySenders, socialSenders } from '../../shared/social/outbound/senders.ts';
import { xApi } from '../../shared/social/outbound/x-api.ts';
import { type SocialDeployerDeps, socialDeployer } from '../../shared/social/social-deployer.ts';
import { memoryStore } from '../local/support/memory-store.ts';
import { AGENT, ANN, startWebhooks, TWITTER, WEBHOOK } from './support/webhooks.ts';

/** Our webhooks on a port, as API Gateway would bring requests to them. */
const serveWebhooks = async (call: ReturnType<typeof startWebhooks>['call']) => {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const url = new URL(request.url ?? '', 'http://127.0.0.1');
      const [, platform, webhookId] = /\/webhooks\/(meta|twitter)\/(.+)$/.exec(url.pathname) ?? [];
      const answer = await call({
        platform: platform as 'meta',
        webhookId: webhookId ?? '',
        method: request.method as 'GET',
        headers: request.headers as Record<string, string>,
        query: Object.fromEntries(url.searchParams),
        body: Buffer.concat(chunks).toString('base64'),
        isBase64Encoded: true,
      });
      response.writeHead(Number(answer.status), { 'content-type': answer.type || 'text/plain' }).end(answer.text);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, close };
};

let social: SocialPlatforms;
let ours: Awaited<ReturnType<typeof serveWebhooks>>;
const webhooks = startWebhooks();

beforeAll(async () => {
  social = makeSocial({ store: () => memoryStore() });
  await social.listen(0);
  ours = await serveWebhooks(webhooks.call);
});
afterAll(async () => {
  await social.close();
  ours.close();
});

/** A tenant with an app at Meta and one at X, whose credentials our store has. */
const startTenant = () => {
  const meta = social.meta.app();
  const x = social.x.app({ consumerKey: TWITTER.consumerKey, consumerSecret: TWITTER.consumerSecret });
  const claims = new Map<string, string>();
  const stored = {
    meta: (): CredentialsOf['meta'] => ({ ...meta.credentials(), whatsappBusinessAccountId: '102290129340398' }),
    twitter: (): CredentialsOf['twitter'] => x.credentials(),
  };
  const fetch = leanFetch();
  const deps: SocialDeployerDeps = {
    accounts: {
      claimAccount: async ({ channelType, accountId }, { agentId }) => {
        const key = `${channelType}#${accountId}`;
        const holder = claims.get(key) ?? agentId;
        claims.set(key, holder);
        return holder === agentId;
      },
      releaseAccount: async ({ channelType, accountId }) => void claims.delete(`${channelType}#${accountId}`),
    },
    credentials: {
      find: async (_userId, platform) => {
        webhooks.world.meta = stored.meta();
        if (platform === 'elizaos') return undefined;
        return { credentials: stored[platform as 'meta'](), webhookId: WEBHOOK[platform as 'meta'] } as never;
      },
    },
    graph: graphApi(social.peers(), fetch),
    x: xApi({ ...social.peers(), fetch, clock: { now: Date.now }, nonce: randomUUID }),
    awsWhatsApp: { findNumber: async () => undefined, publishTo: async () => undefined },
    whatsappTopicArn: 'arn:aws:sns:us-east-1:111122223333:oratio-whatsapp-events',
    publicApiUrl: ours.url,
    eliza: { ensure: async () => 'eliza-id', remove: async () => ({ status: 'done' }) },
  };
  const deployer = socialDeployer(deps);
  const job = (channelType: SocialChannelType, accountId?: string, agentId = AGENT, settings = {}) => {
    const channel = {
      userId: ANN,
      agentId,
      channelType,
      status: 'provisioning',
      run: 1,
      attempt: 1,
      createdAt: 1,
      updatedAt: 1,
      settings: { ...(accountId === undefined ? {} : { accountId }), ...settings },
      resources: {} as Record<string, unknown>,
    };
    const keep = async (resources: object) => void Object.assign(channel.resources, resources);
    return { agent: { userId: ANN, agentId } as Agent, channel: channel as Channel, keep };
  };
  const senders = socialSenders({ ...deps, awsWhatsApp: { send: async () => undefined } });
  const send = (kind: Exclude<keyof ReplySenders, 'connect'>, accountId: string, to: string, text: string) =>
    senders[kind]({ userId: ANN as UserId, route: { kind, accountId, to, originationId: '' } as never, text });
  return { meta, x, deps, claims, deployer, job, send };
};

describe('channels of the platforms, played on this machine', () => {
  it('are proven, claimed and subscribed; customers’ messages come, and replies reach them', async () => {
    const { meta, x, deployer, job, send } = startTenant();
    const accounts = {
      whatsapp: meta.whatsapp('106540352242922', { businessAccountId: '102290129340398', isSubscribed: false }),
      facebook: meta.page('1900000000001', { isSubscribed: false }),
      instagram: meta.instagram('17841400000000001', { isSubscribed: false }),
      twitter: x.account('2244994945'),
    };
    for (const channelType of ['whatsapp', 'facebook', 'instagram', 'twitter'] as const) {
      const { accountId } = accounts[channelType];
      const asked = job(channelType, accountId);
      // Repeated, as the workflow does when an answer of ours was lost.
      for (const time of [1, 2]) expect([time, await deployer.deploy(asked)]).toEqual([time, { status: 'active' }]);
      const platform = channelType === 'twitter' ? 'twitter' : 'meta';
      const webhookUrl = `${ours.url}/api/v1/webhooks/${platform}/${WEBHOOK[platform]}`;
      expect(asked.channel.resources).toEqual({ accountId, webhookUrl });
      const customer = accounts[channelType].customer(channelType === 'whatsapp' ? '16315551234' : '4242', 'Kim');
      webhooks.world.nowMs = Date.now();
      const said = await customer.say('Are you open?');
      expect(said.status).toBe(200);
      expect(webhooks.world.queued.at(-1)).toMatchObject({
        message: { channel: channelType, messageId: said.messageId, text: 'Are you open?', agentId: AGENT },
        route: { kind: channelType, accountId, to: customer.id },
      });
      await send(channelType, accountId, customer.id, 'Until six.');
      expect(customer.received().map(({ text }) => text)).toEqual(['Until six.']);
    }
    // Echoes and states of our own replies have come meanwhile.
    expect(webhooks.world.queued).toHaveLength(4);
  });

  it('are refused for accounts that are missing, another agent’s, or not the tenant’s', async () => {
    const { meta, deployer, job } = startTenant();
    const page = meta.page('1900000000009');
    const other = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b99' as typeof AGENT;
    await deployer.deploy(job('facebook', page.accountId));
    const codeOf = (work: Promise<unknown>) => work.then(String, (error: { code?: string }) => error.code);
    expect([
      await codeOf(deployer.deploy(job('facebook'))),
      await codeOf(deployer.deploy(job('facebook', page.accountId, other))),
      await codeOf(deployer.deploy(job('facebook', '1900000000010'))),
      await codeOf(deployer.deploy(job('whatsapp', '5', AGENT, { provider: 'aws' }))),
    ]).toEqual([
      'channel-account-missing',
      'channel-account-taken',
      'channel-credentials-missing',
      'channel-account-not-yours',
    ]);
    page.expireToken();
    expect(await codeOf(deployer.deploy(job('facebook', page.accountId)))).toBe('channel-credentials-refused');
  });

  it('give the account free when they are retired, also with a dead token', async () => {
    const { meta, deployer, job, claims } = startTenant();
    const page = meta.page('1900000000011');
    const asked = job('facebook', page.accountId, AGENT, { replyEngine: 'elizaos' });
    await deployer.deploy(asked);
    expect(asked.channel.resources).toMatchObject({ elizaosAgentId: 'eliza-id' });
    page.expireToken();
    expect([await deployer.retire(asked), await deployer.retire(asked)]).toEqual([
      { status: 'done' },
      { status: 'done' },
    ]);
    expect([...claims.keys()]).not.toContain(`facebook#${page.accountId}`);
  });

  it('say why a reply was not taken', async () => {
    const { meta, x, send } = startTenant();
    const number = meta.whatsapp('106540352242933');
    const user = x.account('2244994947');
    const failureOf = (work: Promise<void>) =>
      work.then(
        () => 'sent',
        ({ failure, retryAfterSeconds }: { failure: string; retryAfterSeconds?: number }) =>
          retryAfterSeconds === undefined ? failure : [failure, retryAfterSeconds > 0],
      );
    const customer = number.customer('16315559999', 'Kim');
    expect(await failureOf(send('whatsapp', number.accountId, customer.id, 'Hi'))).toBe('window-closed');
    await customer.say('Hello');
    social.faults.load([{ kind: 'rate-limited', accountId: number.accountId }]);
    expect(await failureOf(send('whatsapp', number.accountId, customer.id, 'Hi'))).toBe('rate-limited');
    social.faults.load([{ kind: 'server-error' }, { kind: 'no-answer' }]);
    expect(await failureOf(send('whatsapp', number.accountId, customer.id, 'Hi'))).toBe('unavailable');
    expect(await failureOf(send('whatsapp', number.accountId, customer.id, 'Hi'))).toBe('unavailable');
    expect(await failureOf(send('whatsapp', number.accountId, customer.id, 'x'.repeat(4097)))).toBe('refused');
    number.expireToken();
    expect(await failureOf(send('whatsapp', number.accountId, customer.id, 'Hi'))).toBe('credentials-refused');
    expect(await failureOf(send('twitter', user.accountId, '999', 'Hi'))).toBe('recipient-gone');
    await user.customer('888', 'Kim').say('Hello');
    social.faults.load([{ kind: 'rate-limited', platform: 'twitter', retryAfterSeconds: 600 }]);
    expect(await failureOf(send('twitter', user.accountId, '888', 'Hi'))).toEqual(['rate-limited', true]);
    expect(await failureOf(send('twitter', user.accountId, '888', 'Hi'))).toBe('sent');
    expect(customer.received()).toEqual([]);
  });
});
