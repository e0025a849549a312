import { describe, expect, it } from 'vitest';
import type { StoredCredentials } from '../../shared/social/channel-credentials.ts';
import { credentialsSecret } from '../../shared/social/channel-credentials.ts';
import {
  deleteChannelCredentials,
  getChannelCredentials,
  type ManageChannelCredentialsDeps,
  putChannelCredentials,
} from '../../shared/social/manage-channel-credentials.ts';
import { ANN, META } from './support/webhooks.ts';

const start = () => {
  const [secrets, webhooks] = [new Map<string, StoredCredentials>(), new Set<string>()];
  let ids = 0;
  const deps: ManageChannelCredentialsDeps = {
    credentials: {
      find: async (userId, platform) => secrets.get(credentialsSecret('oratio', userId, platform)) as never,
      write: async (userId, platform, stored) =>
        void secrets.set(credentialsSecret('oratio', userId, platform), stored),
      forget: async (userId, platform) => void secrets.delete(credentialsSecret('oratio', userId, platform)),
    },
    webhooks: {
      putWebhook: async ({ webhookId }) => {
        const isNew = !webhooks.has(webhookId);
        webhooks.add(webhookId);
        return isNew;
      },
      removeWebhook: async ({ webhookId }) => void webhooks.delete(webhookId),
    },
    publicApiUrl: 'https://api.example.com/',
    clock: { now: () => 1_000_000 },
    ids: {
      secret: () => {
        ids += 1;
        return `secret-${ids}`;
      },
    },
  };
  const request = (platform: string, body?: unknown) => ({ userId: ANN, params: { platform }, body }) as never;
  return {
    secrets,
    webhooks,
    put: (platform: string, body: unknown) => putChannelCredentials(deps)(request(platform, body)),
    get: (platform: string) => getChannelCredentials(deps)(request(platform)),
    remove: (platform: string) => deleteChannelCredentials(deps)(request(platform)),
  };
};

describe('credentials of a platform', () => {
  it('are kept in the tenant’s own secret and shown by their ends, with the address to call', async () => {
    const { put, get, secrets } = start();
    const body = { ...META, appId: '1234567', accounts: { '19': { accessToken: 'EAAP-token-of-page' } } };
    const view = {
      status: 200,
      body: {
        platform: 'meta',
        webhookUrl: 'https://api.example.com/api/v1/webhooks/meta/secret-1',
        credentials: {
          appSecret: '…-ann',
          verifyToken: '…-ann',
          accessToken: '…-ann',
          appId: '1234567',
          accounts: { '19': { accessToken: '…page' } },
        },
      },
    };
    expect(await put('meta', body)).toEqual(view);
    expect(await get('meta')).toEqual(view);
    expect([...secrets]).toEqual([['oratio/channels/ann/meta', { credentials: body, webhookId: 'secret-1' }]]);
  });

  it('are replaced without another address, and gone with it', async () => {
    const { put, get, remove, secrets, webhooks } = start();
    await put('meta', META);
    const again = await put('meta', { ...META, appSecret: 'another-secret' });
    expect(again.body).toMatchObject({ webhookUrl: 'https://api.example.com/api/v1/webhooks/meta/secret-1' });
    expect([await remove('meta'), await remove('meta')]).toEqual([{ status: 204 }, { status: 204 }]);
    expect({ secrets: secrets.size, webhooks: webhooks.size }).toEqual({ secrets: 0, webhooks: 0 });
    await expect(get('meta')).rejects.toMatchObject({ code: 'channel-credentials-not-found' });
  });

  it('of ElizaOS have no address', async () => {
    expect((await start().put('elizaos', { apiKey: 'eliza-server-key' })).body).toEqual({
      platform: 'elizaos',
      webhookUrl: null,
      credentials: { apiKey: '…-key' },
    });
  });

  it('that are unknown, incomplete or unreadable are refused, pointing at the place', async () => {
    const { put, get } = start();
    await expect(put('telegram', META)).rejects.toMatchObject({ code: 'unknown-platform' });
    await expect(get('__proto__')).rejects.toMatchObject({ code: 'unknown-platform' });
    await expect(put('meta', { ...META, appSecret: undefined })).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ pointer: '/appSecret' }],
    });
    await expect(put('meta', { ...META, verifyToken: 'with space' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await expect(
      put('twitter', { consumerKey: 'consumer-key', consumerSecret: 'consumer-secret', accessToken: 'lonely-token' }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/accessTokenSecret' }] });
    await expect(put('twitter', META)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
