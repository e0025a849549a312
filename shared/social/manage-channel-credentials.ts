import * as z from 'zod';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { parseWith } from '../http/schema-problems.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { problem, raise } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import {
  type ChannelCredentialsStore,
  CREDENTIAL_PLATFORMS,
  CREDENTIALS_OF,
  type CredentialPlatform,
  isWebhookPlatform,
  maskedCredentials,
  type StoredCredentials,
} from './channel-credentials.ts';
import { socialWebhookUrl } from './webhook.ts';

export const ManageChannelCredentialsEnv = z.object({
  CHANNELS_TABLE: text,
  RESOURCE_PREFIX: text,
  ENVIRONMENT: text,
  PUBLIC_API_URL: text,
});

export interface ManageChannelCredentialsDeps {
  readonly credentials: ChannelCredentialsStore;
  readonly webhooks: Pick<ChannelStore, 'putWebhook' | 'removeWebhook'>;
  readonly publicApiUrl: string;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'secret'>;
}

/**
 * Keeps what a tenant entrusts to us for a platform; all of it is replaced. The webhook stays the same. Its row comes
 * first: an address without a secret lets nobody in, a secret that names no address would.
 */
export const putChannelCredentials =
  (deps: ManageChannelCredentialsDeps) =>
  async ({ userId, params, body }: RequestOf<'putChannelCredentials'>): Promise<ApiAnswer> => {
    const platform = requestedPlatform(params.platform);
    const credentials = parseWith(CREDENTIALS_OF[platform], body);
    const standing = await deps.credentials.find(userId, platform);
    const webhookId = isWebhookPlatform(platform) ? (standing?.webhookId ?? deps.ids.secret()) : undefined;
    if (webhookId !== undefined) {
      await deps.webhooks.putWebhook({ webhookId, userId, platform, createdAt: nowSeconds(deps.clock) });
    }
    const stored = { credentials, ...(webhookId === undefined ? {} : { webhookId }) };
    await deps.credentials.write(userId, platform, stored);
    return { status: 200, body: viewOf(deps, platform, stored) };
  };

/** What we were entrusted with, by its ends. */
export const getChannelCredentials =
  (deps: ManageChannelCredentialsDeps) =>
  async ({ userId, params }: RequestOf<'getChannelCredentials'>): Promise<ApiAnswer> => {
    const platform = requestedPlatform(params.platform);
    const stored = await deps.credentials.find(userId, platform);
    if (stored === undefined) {
      throw problem('channel-credentials-not-found', `You have stored no credentials of "${platform}".`);
    }
    return { status: 200, body: viewOf(deps, platform, stored) };
  };

/** Forgets them for good, and the webhook with them; channels that need them fail from then on. A second time changes nothing. */
export const deleteChannelCredentials =
  (deps: ManageChannelCredentialsDeps) =>
  async ({ userId, params }: RequestOf<'deleteChannelCredentials'>): Promise<ApiAnswer> => {
    const platform = requestedPlatform(params.platform);
    const stored = await deps.credentials.find(userId, platform);
    if (stored?.webhookId !== undefined) await deps.webhooks.removeWebhook({ webhookId: stored.webhookId, userId });
    await deps.credentials.forget(userId, platform);
    return { status: 204 };
  };

const requestedPlatform = (name: string | undefined): CredentialPlatform =>
  CREDENTIAL_PLATFORMS.find((platform) => platform === name) ??
  raise(problem('unknown-platform', `Platforms are ${CREDENTIAL_PLATFORMS.join(', ')}.`));

const viewOf = (
  { publicApiUrl }: Pick<ManageChannelCredentialsDeps, 'publicApiUrl'>,
  platform: CredentialPlatform,
  { credentials, webhookId }: StoredCredentials,
) => ({
  platform,
  webhookUrl:
    isWebhookPlatform(platform) && webhookId !== undefined ? socialWebhookUrl(publicApiUrl, platform, webhookId) : null,
  credentials: maskedCredentials({ ...credentials }),
});
