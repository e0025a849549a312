import * as z from 'zod';
import type { UserId } from '../kernel/ids.ts';

/** Platforms a tenant entrusts credentials of to us; `meta` is WhatsApp, Messenger and Instagram, `twitter` is X. */
export const CREDENTIAL_PLATFORMS = ['meta', 'twitter', 'elizaos'] as const;
export type CredentialPlatform = (typeof CREDENTIAL_PLATFORMS)[number];

/** Platforms that call webhooks of ours. */
export const WEBHOOK_PLATFORMS = ['meta', 'twitter'] as const satisfies readonly CredentialPlatform[];
export type WebhookPlatform = (typeof WEBHOOK_PLATFORMS)[number];

export const isWebhookPlatform = (platform: CredentialPlatform): platform is WebhookPlatform =>
  (WEBHOOK_PLATFORMS as readonly string[]).includes(platform);

/** A key or token: what fits into a header line. The longest tokens of Meta have some 250 characters. */
const Secret = z
  .string()
  .min(8)
  .max(2048)
  .regex(/^[\x21-\x7e]+$/, 'Only visible ASCII characters.');
const PlatformId = z.string().regex(/^\d{1,32}$/, 'An id of the platform: digits only.');

/** A tenant's own app at Meta. Tokens by account go before `accessToken`. */
export const MetaCredentials = z.strictObject({
  /** Signs webhooks (`X-Hub-Signature-256`). */
  appSecret: Secret,
  /** What the webhook's handshake must say; freely chosen by the tenant. */
  verifyToken: Secret,
  accessToken: Secret.optional(),
  /** With it the app's webhook is registered by us; without it by the tenant, in Meta's dashboard. */
  appId: PlatformId.optional(),
  /** With it the app is subscribed to this WhatsApp Business Account by us. */
  whatsappBusinessAccountId: PlatformId.optional(),
  accounts: z.record(PlatformId, z.strictObject({ accessToken: Secret })).optional(),
});
export type MetaCredentials = z.output<typeof MetaCredentials>;

const XUser = z.strictObject({ accessToken: Secret, accessTokenSecret: Secret });

/** A tenant's own app at X, and the users it acts for (OAuth 1.0a). */
export const TwitterCredentials = z
  .strictObject({
    consumerKey: Secret,
    /** Signs webhooks and answers CRCs. */
    consumerSecret: Secret,
    accessToken: Secret.optional(),
    accessTokenSecret: Secret.optional(),
    /** With it the webhook is registered by us; without it by the tenant. */
    bearerToken: Secret.optional(),
    accounts: z.record(PlatformId, XUser).optional(),
  })
  .refine(({ accessToken, accessTokenSecret }) => (accessToken === undefined) === (accessTokenSecret === undefined), {
    error: 'accessToken and accessTokenSecret belong together.',
    path: ['accessTokenSecret'],
  });
export type TwitterCredentials = z.output<typeof TwitterCredentials>;

/** The key of an ElizaOS server (`X-API-KEY`). */
export const ElizaCredentials = z.strictObject({ apiKey: Secret });
export type ElizaCredentials = z.output<typeof ElizaCredentials>;

export const CREDENTIALS_OF = {
  meta: MetaCredentials,
  twitter: TwitterCredentials,
  elizaos: ElizaCredentials,
} as const satisfies Record<CredentialPlatform, z.ZodType>;

export interface CredentialsOf {
  readonly meta: MetaCredentials;
  readonly twitter: TwitterCredentials;
  readonly elizaos: ElizaCredentials;
}

/** What a secret holds. */
export interface StoredCredentials<Platform extends CredentialPlatform = CredentialPlatform> {
  readonly credentials: CredentialsOf[Platform];
  /** The tenant's webhook of this platform; none where the platform calls no webhook of ours. */
  readonly webhookId?: string;
}

/** Credentials of tenants, a secret a platform; parsed on the way out. */
export interface ChannelCredentialsStore {
  readonly find: <Platform extends CredentialPlatform>(
    userId: UserId,
    platform: Platform,
  ) => Promise<StoredCredentials<Platform> | undefined>;
  readonly write: <Platform extends CredentialPlatform>(
    userId: UserId,
    platform: Platform,
    stored: StoredCredentials<Platform>,
  ) => Promise<void>;
  /** For good, without a recovery window: a tenant who takes a key back expects it to be gone. */
  readonly forget: (userId: UserId, platform: CredentialPlatform) => Promise<void>;
}

/** Name of the secret. */
export const credentialsSecret = (prefix: string, userId: UserId, platform: CredentialPlatform): string =>
  `${prefix}/channels/${userId}/${platform}`;

/** Of a secret only its end is shown. */
const masked = (secret: string): string => `…${secret.slice(-4)}`;

const SHOWN_WHOLE: readonly string[] = ['appId', 'whatsappBusinessAccountId'];

/** Credentials as they are shown: of each secret the last four characters, ids whole. */
export const maskedCredentials = (credentials: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(credentials).flatMap(([name, value]): [string, unknown][] => {
      if (value === undefined) return [];
      if (typeof value === 'string') return [[name, SHOWN_WHOLE.includes(name) ? value : masked(value)]];
      return [[name, maskedCredentials(value as Record<string, unknown>)]];
    }),
  );
