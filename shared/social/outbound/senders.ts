import type { UserId } from '../../kernel/ids.ts';
import type { ChannelCredentialsStore, MetaCredentials, TwitterCredentials } from '../channel-credentials.ts';
import type { ReplyRoute, ReplyRouteKind } from '../queued-message.ts';
import type { GraphApi } from './graph-api.ts';
import type { OAuth1Keys } from './oauth1.ts';
import { SendError } from './send-error.ts';
import type { TextLimit } from './split-text.ts';
import type { AwsWhatsApp } from './whatsapp-aws.ts';
import type { XApi } from './x-api.ts';

/** Sends one message that fits; repeats nothing by itself. Throws `SendError`. */
export type ReplySender<Kind extends ReplyRouteKind = ReplyRouteKind> = (reply: {
  readonly userId: UserId;
  readonly route: Extract<ReplyRoute, { readonly kind: Kind }>;
  readonly text: string;
}) => Promise<void>;

export type ReplySenders = { readonly [Kind in ReplyRouteKind]: ReplySender<Kind> };

const HOUR_MS = 3_600_000;

/**
 * How long a message may be, and how long after the customer's own it may still come (platforms' documentation,
 * 2026-11: WhatsApp Cloud API text messages; Messenger and Instagram send API; X direct messages; Connect chat
 * `SendMessage`). `null`: any time.
 */
export const REPLY_LIMITS: Readonly<
  Record<ReplyRouteKind, { readonly text: TextLimit; readonly windowMs: number | null }>
> = {
  whatsapp: { text: { max: 4096, unit: 'characters' }, windowMs: 24 * HOUR_MS },
  'whatsapp-aws': { text: { max: 4096, unit: 'characters' }, windowMs: 24 * HOUR_MS },
  facebook: { text: { max: 2000, unit: 'characters' }, windowMs: 24 * HOUR_MS },
  instagram: { text: { max: 1000, unit: 'bytes' }, windowMs: 24 * HOUR_MS },
  twitter: { text: { max: 10_000, unit: 'characters' }, windowMs: null },
  connect: { text: { max: 1024, unit: 'characters' }, windowMs: null },
};

export interface SocialSenderDeps {
  readonly credentials: Pick<ChannelCredentialsStore, 'find'>;
  readonly graph: GraphApi;
  readonly x: XApi;
  readonly awsWhatsApp: Pick<AwsWhatsApp, 'send'>;
}

/** The senders of the social platforms. */
export const socialSenders = ({
  credentials,
  graph,
  x,
  awsWhatsApp,
}: SocialSenderDeps): Omit<ReplySenders, 'connect'> => {
  const metaToken = async (userId: UserId, accountId: string) =>
    metaTokenOf((await credentials.find(userId, 'meta'))?.credentials, accountId) ?? refuse('meta');
  return {
    whatsapp: async ({ userId, route: { accountId, to }, text }) => {
      await graph({
        host: 'GRAPH_API_URL',
        method: 'POST',
        path: `/${accountId}/messages`,
        accessToken: await metaToken(userId, accountId),
        json: whatsappText(to, text),
      });
    },
    'whatsapp-aws': ({ route: { originationId, to }, text }) => awsWhatsApp.send(originationId, whatsappText(to, text)),
    facebook: async ({ userId, route: { accountId, to }, text }) => {
      await graph({
        host: 'GRAPH_API_URL',
        method: 'POST',
        path: '/me/messages',
        accessToken: await metaToken(userId, accountId),
        json: { recipient: { id: to }, messaging_type: 'RESPONSE', message: { text } },
      });
    },
    instagram: async ({ userId, route: { accountId, to }, text }) => {
      await graph({
        host: 'INSTAGRAM_API_URL',
        method: 'POST',
        path: `/${accountId}/messages`,
        accessToken: await metaToken(userId, accountId),
        json: { recipient: { id: to }, message: { text } },
      });
    },
    twitter: async ({ userId, route: { accountId, to }, text }) => {
      const user = xUserOf((await credentials.find(userId, 'twitter'))?.credentials, accountId) ?? refuse('twitter');
      const path = `/2/dm_conversations/with/${encodeURIComponent(to)}/messages`;
      await x({ method: 'POST', path, as: { user }, json: { text } });
    },
  };
};

/** A customer's number, or the id that stands for one they hide. */
const whatsappText = (to: string, text: string): Readonly<Record<string, unknown>> => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  ...(/^\d+$/.test(to) ? { to } : { recipient: to }),
  type: 'text',
  text: { preview_url: false, body: text },
});

/** The token that acts for an account. */
export const metaTokenOf = (credentials: MetaCredentials | undefined, accountId: string): string | undefined =>
  ownOf(credentials?.accounts, accountId)?.accessToken ?? credentials?.accessToken;

/** The user of X that an account is, with the app's keys. */
export const xUserOf = (credentials: TwitterCredentials | undefined, accountId: string): OAuth1Keys | undefined => {
  if (credentials === undefined) return undefined;
  const { consumerKey, consumerSecret, accounts } = credentials;
  const { accessToken, accessTokenSecret } = ownOf(accounts, accountId) ?? credentials;
  if (accessToken === undefined || accessTokenSecret === undefined) return undefined;
  return { consumerKey, consumerSecret, accessToken, accessTokenSecret };
};

const ownOf = <Value>(values: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined =>
  values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;

const refuse = (platform: string): never => {
  throw new SendError('credentials-refused', 'none', `There are no credentials of "${platform}" for this account.`);
};
