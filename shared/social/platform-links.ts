import * as z from 'zod';
import type { SocialChannelType } from '../channels/channel.ts';
import { ChannelFailedError } from '../channels/channel-deployer.ts';
import type { UserId } from '../kernel/ids.ts';
import type { MetaCredentials, StoredCredentials, TwitterCredentials, WebhookPlatform } from './channel-credentials.ts';
import { metaTokenOf, xUserOf } from './outbound/senders.ts';
import type { SocialDeployerDeps } from './social-deployer.ts';
import { socialWebhookUrl } from './webhook.ts';

/** An account that is the tenant's beyond doubt. */
export interface ProvenAccount {
  /** What the platform is told to call; none where it does not call us. */
  readonly webhookUrl?: string;
  /** Lets the platform call us where its API can do that; answers what is left to do by hand. */
  readonly subscribe: () => Promise<string | undefined>;
}

/** How a platform is tied to us. All throw `SendError` for what it refuses. */
export interface PlatformLink {
  /** Throws `ChannelFailedError` unless the account is the tenant's. */
  readonly prove: (userId: UserId, accountId: string) => Promise<ProvenAccount>;
  readonly unsubscribe: (userId: UserId, accountId: string) => Promise<void>;
}

export type PlatformLinks = (channelType: SocialChannelType, provider: 'cloud-api' | 'aws') => PlatformLink;

type LinkDeps = Pick<
  SocialDeployerDeps,
  'credentials' | 'graph' | 'x' | 'awsWhatsApp' | 'whatsappTopicArn' | 'publicApiUrl'
>;

export const platformLinks = (deps: LinkDeps): PlatformLinks => {
  const links: Readonly<Record<SocialChannelType, PlatformLink>> = {
    whatsapp: whatsappLink(deps),
    facebook: pageLink(deps, 'facebook'),
    instagram: pageLink(deps, 'instagram'),
    twitter: twitterLink(deps),
  };
  const aws = awsLink(deps);
  return (channelType, provider) => (channelType === 'whatsapp' && provider === 'aws' ? aws : links[channelType]);
};

const BY_HAND = 'Enter the webhook address and the verify token in the dashboard of your app at Meta.';

const whatsappLink = (deps: LinkDeps): PlatformLink => ({
  prove: async (userId, accountId) => {
    const { credentials, webhookUrl, accessToken } = await metaAccess(deps, userId, accountId);
    const path = `/${accountId}?fields=id,display_phone_number,verified_name`;
    const found = await deps.graph({ host: 'GRAPH_API_URL', method: 'GET', path, accessToken });
    demandAccount(accountId, [Identified.safeParse(found).data?.id]);
    return {
      webhookUrl,
      subscribe: async () => {
        const business = credentials.whatsappBusinessAccountId;
        if (business !== undefined) {
          await deps.graph({
            host: 'GRAPH_API_URL',
            method: 'POST',
            path: `/${business}/subscribed_apps`,
            accessToken,
          });
        }
        return registerApp(deps, credentials, { object: 'whatsapp_business_account', fields: 'messages', webhookUrl });
      },
    };
  },
  // The business account may have other numbers: what this one gets belongs to nobody from now on, and is ignored.
  unsubscribe: async () => undefined,
});

const Identified = z.object({ id: z.string().optional(), user_id: z.coerce.string().optional() });

const PAGES = {
  facebook: {
    host: 'GRAPH_API_URL',
    fields: 'id,name',
    object: 'page',
    subscribed: 'messages,messaging_postbacks',
  },
  instagram: {
    host: 'INSTAGRAM_API_URL',
    fields: 'id,user_id,username',
    object: 'instagram',
    subscribed: 'messages,messaging_postbacks',
  },
} as const;

/** A page of Messenger, or a professional account of Instagram: each has a token of its own, which says who it is. */
const pageLink = (deps: LinkDeps, channelType: keyof typeof PAGES): PlatformLink => {
  const { host, fields, object, subscribed } = PAGES[channelType];
  return {
    prove: async (userId, accountId) => {
      const { credentials, webhookUrl, accessToken } = await metaAccess(deps, userId, accountId);
      const me = await deps.graph({ host, method: 'GET', path: `/me?fields=${fields}`, accessToken });
      const { id, user_id: instagramId } = Identified.safeParse(me).data ?? {};
      demandAccount(accountId, [id, instagramId]);
      return {
        webhookUrl,
        subscribe: async () => {
          const path = `/${accountId}/subscribed_apps?subscribed_fields=${subscribed}`;
          await deps.graph({ host, method: 'POST', path, accessToken });
          return registerApp(deps, credentials, { object, fields: subscribed, webhookUrl });
        },
      };
    },
    unsubscribe: async (userId, accountId) => {
      const stored = await deps.credentials.find(userId, 'meta');
      const accessToken = metaTokenOf(stored?.credentials, accountId);
      if (accessToken === undefined) return;
      await deps.graph({ host, method: 'DELETE', path: `/${accountId}/subscribed_apps`, accessToken });
    },
  };
};

/** Tells Meta the app's webhook, where we know the app; Meta comes with its handshake at once. */
const registerApp = async (
  { graph }: Pick<LinkDeps, 'graph'>,
  { appId, appSecret, verifyToken }: MetaCredentials,
  { object, fields, webhookUrl }: { readonly object: string; readonly fields: string; readonly webhookUrl: string },
): Promise<string | undefined> => {
  if (appId === undefined) return BY_HAND;
  await graph({
    host: 'GRAPH_API_URL',
    method: 'POST',
    path: `/${appId}/subscriptions`,
    accessToken: `${appId}|${appSecret}`,
    json: { object, fields, callback_url: webhookUrl, verify_token: verifyToken },
  });
  return undefined;
};

interface MetaAccess {
  readonly credentials: MetaCredentials;
  readonly accessToken: string;
  readonly webhookUrl: string;
}

const metaAccess = async (deps: LinkDeps, userId: UserId, accountId: string): Promise<MetaAccess> => {
  const stored = await deps.credentials.find(userId, 'meta');
  const accessToken = metaTokenOf(stored?.credentials, accountId);
  if (stored === undefined || accessToken === undefined) throw noCredentials('meta', accountId);
  return { credentials: stored.credentials, accessToken, webhookUrl: webhookUrlOf(deps, 'meta', stored) };
};

const XUser = z.object({ data: z.object({ id: z.string() }) });
const XWebhooks = z.object({ data: z.array(z.object({ id: z.string(), url: z.string() })).optional() });
const XSubscription = z.object({ data: z.object({ subscribed: z.boolean() }) });
const XWebhook = z.union([
  z.object({ data: z.object({ id: z.string() }) }).transform(({ data }) => data.id),
  z.object({ id: z.string() }).transform(({ id }) => id),
]);

const twitterLink = (deps: LinkDeps): PlatformLink => ({
  prove: async (userId, accountId) => {
    const stored = await deps.credentials.find(userId, 'twitter');
    const user = xUserOf(stored?.credentials, accountId);
    if (stored === undefined || user === undefined) throw noCredentials('twitter', accountId);
    const me = await deps.x({ method: 'GET', path: '/2/users/me', as: { user } });
    demandAccount(accountId, [XUser.safeParse(me).data?.data.id]);
    const webhookUrl = webhookUrlOf(deps, 'twitter', stored);
    return {
      webhookUrl,
      subscribe: async () => {
        const webhookId = await xWebhook(deps, stored.credentials, webhookUrl);
        if (webhookId === undefined) return 'Register the webhook address with your app at X and subscribe this user.';
        // A second subscription is refused.
        const path = `/2/account_activity/webhooks/${webhookId}/subscriptions/all`;
        const standing = XSubscription.safeParse(await deps.x({ method: 'GET', path, as: { user } }));
        if (standing.data?.data.subscribed !== true) await deps.x({ method: 'POST', path, as: { user } });
        return undefined;
      },
    };
  },
  unsubscribe: async (userId, accountId) => {
    const stored = await deps.credentials.find(userId, 'twitter');
    const bearerToken = stored?.credentials.bearerToken;
    if (stored === undefined || bearerToken === undefined) return;
    const standing = await findXWebhook(deps, bearerToken, webhookUrlOf(deps, 'twitter', stored));
    if (standing === undefined) return;
    const path = `/2/account_activity/webhooks/${standing}/subscriptions/${encodeURIComponent(accountId)}/all`;
    await deps.x({ method: 'DELETE', path, as: { bearerToken } });
  },
});

/** X's id of our webhook; registered where it is not there, if we have the app's token. */
const xWebhook = async (
  deps: LinkDeps,
  { bearerToken }: TwitterCredentials,
  url: string,
): Promise<string | undefined> => {
  if (bearerToken === undefined) return undefined;
  const standing = await findXWebhook(deps, bearerToken, url);
  if (standing !== undefined) return standing;
  return XWebhook.parse(await deps.x({ method: 'POST', path: '/2/webhooks', as: { bearerToken }, json: { url } }));
};

const findXWebhook = async ({ x }: LinkDeps, bearerToken: string, url: string): Promise<string | undefined> => {
  const listed = await x({ method: 'GET', path: '/2/webhooks', as: { bearerToken } });
  return XWebhooks.safeParse(listed).data?.data?.find((webhook) => webhook.url === url)?.id;
};

/** A number linked to the AWS account we run in. Tenants share that account: the business account's tag `userId` says whose it is. */
const awsLink = ({ awsWhatsApp, whatsappTopicArn }: LinkDeps): PlatformLink => ({
  prove: async (userId, accountId) => {
    const number = await awsWhatsApp.findNumber(accountId);
    if (number === undefined || number.tags.userId !== userId) {
      throw new ChannelFailedError(
        'channel-account-not-yours',
        'No WhatsApp Business Account with this number is linked to the AWS account and tagged with your userId.',
      );
    }
    return {
      subscribe: async () => {
        if (number.destinations.includes(whatsappTopicArn)) return undefined;
        if (number.destinations.length > 0) {
          return 'The business account publishes elsewhere: its events must be brought to the topic of this stage.';
        }
        await awsWhatsApp.publishTo(number, whatsappTopicArn);
        return undefined;
      },
    };
  },
  // The business account may have other numbers; what is for nobody is ignored.
  unsubscribe: async () => undefined,
});

const webhookUrlOf = (
  { publicApiUrl }: Pick<LinkDeps, 'publicApiUrl'>,
  platform: WebhookPlatform,
  { webhookId }: StoredCredentials,
): string => {
  if (webhookId === undefined) throw new Error(`The credentials of "${platform}" have no webhook.`);
  return socialWebhookUrl(publicApiUrl, platform, webhookId);
};

const noCredentials = (platform: WebhookPlatform, accountId: string): ChannelFailedError =>
  new ChannelFailedError(
    'channel-credentials-missing',
    `Store credentials with a token for the account ${accountId}: PUT /channel-credentials/${platform}.`,
  );

/** The token must be this account's: otherwise a tenant could claim what is another's. */
const demandAccount = (accountId: string, found: readonly (string | undefined)[]): void => {
  if (found.includes(accountId)) return;
  throw new ChannelFailedError('channel-account-not-yours', `The token is not for the account ${accountId}.`);
};
