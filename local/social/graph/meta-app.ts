import { type CustomersMessage, makeCustomer, type Said, type SocialCustomer } from '../customer.ts';
import { newId, type SocialAccount, type SocialNetwork } from '../network.ts';
import type { Emitted, MetaAppRow, MetaWebhooks } from './meta-webhooks.ts';
import { META_OBJECTS, type MetaUnit, messengerInbound, whatsappInbound } from './payloads.ts';

export interface AccountOptions {
  readonly accessToken?: string;
  readonly name?: string;
  /** Of WhatsApp: digits. */
  readonly displayPhoneNumber?: string;
  /** Of WhatsApp. */
  readonly businessAccountId?: string;
  /** Whether the app is subscribed to the account already, as by hand; true unless given. */
  readonly isSubscribed?: boolean;
}

/** An account on a platform, with its customers. */
export interface SocialAccountHandle {
  readonly accountId: string;
  readonly accessToken: string;
  readonly customer: (customerId: string, name?: string) => SocialCustomer;
  /** From now on its token is refused. */
  readonly expireToken: () => void;
  /** A new token in place of the old one. */
  readonly renewToken: () => string;
}

/** A tenant's app at Meta, with the accounts that are linked to it. */
export interface MetaApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly whatsapp: (phoneNumberId: string, options?: AccountOptions) => SocialAccountHandle;
  /** Messenger. */
  readonly page: (pageId: string, options?: AccountOptions) => SocialAccountHandle;
  readonly instagram: (userId: string, options?: AccountOptions) => SocialAccountHandle;
  /** Registers the webhook for all objects, as in the app's dashboard. Throws when the handshake fails. */
  readonly registerWebhook: (url: string, verifyToken?: string) => Promise<void>;
  readonly webhooks: () => MetaAppRow['webhooks'];
  /** What a tenant copies from the dashboards: app, tokens by account. */
  readonly credentials: () => {
    readonly appId: string;
    readonly appSecret: string;
    readonly verifyToken: string;
    readonly accounts: Readonly<Record<string, { readonly accessToken: string }>>;
  };
  /** Keeps webhooks back from now on; what customers say meanwhile travels together. */
  readonly hold: () => void;
  readonly release: () => Promise<readonly Emitted[]>;
  /** Signs these very bytes, for calls that a test makes itself. */
  readonly sign: (body: string) => string;
}

export interface MetaParts {
  readonly network: SocialNetwork;
  readonly webhooks: MetaWebhooks;
}

export interface MetaAppOptions {
  readonly appId?: string;
  readonly appSecret?: string;
  readonly verifyToken?: string;
}

/** An app that is made now, or one of an earlier start with this id or secret. */
export function openMetaApp(parts: MetaParts, options: MetaAppOptions = {}): MetaApp {
  const { webhooks, network } = parts;
  const known = webhooks
    .apps()
    .find(({ appId, appSecret }) => appId === options.appId || appSecret === options.appSecret);
  const { appId } = webhooks.save({
    appId: known?.appId ?? options.appId ?? newId.number(),
    appSecret: options.appSecret ?? known?.appSecret ?? newId.token('').slice(0, 32),
    verifyToken: options.verifyToken ?? known?.verifyToken ?? newId.token('verify-').slice(0, 24),
    accessToken: known?.accessToken ?? newId.token('EAAS'),
    webhooks: known?.webhooks ?? {},
  });
  const row = (): MetaAppRow => webhooks.app(appId) as MetaAppRow;
  const account =
    (platform: 'whatsapp' | 'facebook' | 'instagram') =>
    (accountId: string, given: AccountOptions = {}) =>
      openAccount(parts, { platform, accountId, appId }, given);
  return {
    appId,
    get appSecret() {
      return row().appSecret;
    },
    get verifyToken() {
      return row().verifyToken;
    },
    whatsapp: account('whatsapp'),
    page: account('facebook'),
    instagram: account('instagram'),
    registerWebhook: async (url, verifyToken = row().verifyToken) => {
      for (const object of META_OBJECTS) await webhooks.subscribe(appId, object, url, verifyToken);
    },
    webhooks: () => row().webhooks,
    credentials: () => {
      const { appSecret, verifyToken } = row();
      const own = network.accounts().filter((one) => one.appId === appId);
      const accounts = own.map(({ accountId, accessToken }) => [accountId, { accessToken }] as const);
      return { appId, appSecret, verifyToken, accounts: Object.fromEntries(accounts) };
    },
    hold: () => webhooks.hold(appId),
    release: () => webhooks.release(appId),
    sign: (body) => webhooks.sign(row(), body),
  };
}

const TOKEN_PREFIX = { whatsapp: 'EAAW', facebook: 'EAAP', instagram: 'IGAA' } as const;

function openAccount(
  parts: MetaParts,
  place: Pick<SocialAccount, 'accountId' | 'appId'> & { readonly platform: keyof typeof TOKEN_PREFIX },
  options: AccountOptions,
): SocialAccountHandle {
  const { network } = parts;
  const { platform, accountId } = place;
  const known = network.account(platform, accountId);
  network.saveAccount({
    ...place,
    accessToken: options.accessToken ?? known?.accessToken ?? newId.token(TOKEN_PREFIX[platform]),
    name: options.name ?? known?.name ?? `Business ${accountId}`,
    ...(platform === 'whatsapp' ? whatsappParts(accountId, options, known) : {}),
    isSubscribed: options.isSubscribed ?? known?.isSubscribed ?? true,
    isTokenExpired: false,
    isLinkedToAws: false,
  });
  return accountHandle(network, platform, accountId, (message) => sendByWebhook(parts, message));
}

const whatsappParts = (accountId: string, options: AccountOptions, known: SocialAccount | undefined) => ({
  displayPhoneNumber:
    options.displayPhoneNumber ?? known?.displayPhoneNumber ?? `1555${accountId.slice(-7).padStart(7, '0')}`,
  businessAccountId: options.businessAccountId ?? known?.businessAccountId ?? newId.number(),
});

/** The account as tests hold it, however its customers' messages travel. */
export function accountHandle(
  network: SocialNetwork,
  platform: SocialAccount['platform'],
  accountId: string,
  send: (message: CustomersMessage) => Promise<Omit<Said, 'messageId'>>,
): SocialAccountHandle {
  const row = (): SocialAccount => network.account(platform, accountId) as SocialAccount;
  const newMessageId = platform === 'whatsapp' ? newId.whatsapp : platform === 'twitter' ? newId.number : newId.mid;
  return {
    accountId,
    get accessToken() {
      return row().accessToken;
    },
    customer: (customerId, name = `Customer ${customerId}`) =>
      makeCustomer(network, { platform, accountId, customerId }, name, { newMessageId, send }),
    expireToken: () => void network.saveAccount({ ...row(), isTokenExpired: true }),
    renewToken: () => {
      const accessToken = newId.token(row().accessToken.slice(0, 4));
      return network.saveAccount({ ...row(), accessToken, isTokenExpired: false }).accessToken;
    },
  };
}

/** A promise that nothing keeps. */
const never = new Promise<void>(() => undefined);

async function sendByWebhook(
  { network, webhooks }: MetaParts,
  message: CustomersMessage,
): Promise<Omit<Said, 'messageId'>> {
  const { platform, accountId } = message.address;
  const account = network.account(platform, accountId);
  if (account === undefined || !account.isSubscribed)
    return { status: undefined, delivered: never, repeat: async () => 0 };
  const emitting = webhooks.emit(account.appId, inboundUnit(account, message));
  const repeat = async () => (await emitting)?.repeat() ?? 0;
  if (webhooks.isHolding(account.appId)) {
    return { status: undefined, delivered: emitting.then((emitted) => emitted?.delivered), repeat };
  }
  const emitted = await emitting;
  return { status: emitted?.status, delivered: emitted?.delivered ?? never, repeat };
}

function inboundUnit(account: SocialAccount, message: CustomersMessage): MetaUnit {
  if (account.platform === 'whatsapp') {
    return { object: 'whatsapp_business_account', entry: whatsappInbound(account, message) };
  }
  const object = account.platform === 'facebook' ? 'page' : 'instagram';
  return { object, entry: messengerInbound(account, message) };
}
