/** Platforms whose credentials a tenant entrusts to us. */
export type CredentialPlatform = 'meta' | 'twitter' | 'elizaos';

export interface CredentialField {
  /** As `PUT /channel-credentials/{platform}` names it. */
  readonly name: string;
  readonly label: string;
  readonly description?: string;
  /** Typed in without being shown, and never shown again. */
  readonly secret: boolean;
  readonly required: boolean;
}

export interface PlatformForm {
  readonly platform: CredentialPlatform;
  readonly title: string;
  readonly description: string;
  readonly fields: readonly CredentialField[];
}

const secret = (name: string, label: string, description?: string): CredentialField => ({
  name,
  label,
  secret: true,
  required: true,
  ...(description === undefined ? {} : { description }),
});
const optional = (field: CredentialField): CredentialField => ({ ...field, required: false });
const id = (name: string, label: string, description: string): CredentialField => ({
  name,
  label,
  description,
  secret: false,
  required: false,
});

/** What each platform asks for; `shared/social/channel-credentials.ts` decides. */
export const PLATFORM_FORMS: readonly PlatformForm[] = [
  {
    platform: 'meta',
    title: 'Meta',
    description: 'WhatsApp, Messenger and Instagram, by an app of your own at Meta.',
    fields: [
      secret('appSecret', 'App secret', 'Signs what Meta sends.'),
      secret('verifyToken', 'Verify token', 'Chosen by you: what the handshake of the webhook must say.'),
      optional(secret('accessToken', 'Access token', 'For all accounts without one of their own.')),
      id('appId', 'App id', 'With it the webhook is registered for you.'),
      id('whatsappBusinessAccountId', 'WhatsApp Business Account id', 'With it your app is subscribed to the account.'),
    ],
  },
  {
    platform: 'twitter',
    title: 'X',
    description: 'Direct messages of X, by an app of your own.',
    fields: [
      secret('consumerKey', 'Consumer key'),
      secret('consumerSecret', 'Consumer secret', 'Signs what X sends.'),
      optional(secret('accessToken', 'Access token')),
      optional(secret('accessTokenSecret', 'Access token secret', 'Belongs to the access token.')),
      optional(secret('bearerToken', 'Bearer token', 'With it the webhook is registered for you.')),
    ],
  },
  {
    platform: 'elizaos',
    title: 'ElizaOS',
    description: 'The key of an ElizaOS server that answers for agents.',
    fields: [secret('apiKey', 'API key')],
  },
];

/** What was typed in, without what was left empty. */
export const typedIn = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([, value]) => value !== ''),
  );

/** Names of required fields that are still empty. */
export const missingFields = (form: PlatformForm, values: Readonly<Record<string, string>>): readonly string[] => {
  const given = typedIn(values);
  return form.fields.filter(({ name, required }) => required && given[name] === undefined).map(({ name }) => name);
};

/** Messages of a refused request by the field they are about; `/appSecret` is about `appSecret`. */
export const errorsByField = (
  errors: readonly { readonly pointer: string; readonly message: string }[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(errors.map(({ pointer, message }) => [pointer.replace(/^\//, '').split('/')[0] ?? '', message]));

/** What is kept, in words: a secret's last four characters, an id whole. */
export function keptText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${keptText(inner)}`)
    .join(', ');
}
