import type { CustomersMessage, Said } from '../customer.ts';
import { accountHandle, type SocialAccountHandle } from '../graph/meta-app.ts';
import { newId, type SocialNetwork } from '../network.ts';
import type { XAppRow, XWebhooks } from './x-webhooks.ts';

export interface XAppOptions {
  readonly consumerKey?: string;
  readonly consumerSecret?: string;
}

export interface XAccountHandle extends SocialAccountHandle {
  readonly accessTokenSecret: string;
}

/** A tenant's app at X, and the users it acts for. */
export interface XApp {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly bearerToken: string;
  readonly account: (userId: string, options?: { readonly name?: string }) => XAccountHandle;
  /** Registers the webhook and subscribes all accounts, as by hand. Throws when the CRC fails. */
  readonly registerWebhook: (url: string) => Promise<void>;
  /** Checks the webhook as X does about hourly; false when it answers wrongly, and it is told nothing any more. */
  readonly check: () => Promise<boolean>;
  readonly webhooks: () => XAppRow['webhooks'];
  /** What a tenant copies from the console. */
  readonly credentials: () => {
    readonly consumerKey: string;
    readonly consumerSecret: string;
    readonly bearerToken: string;
    readonly accounts: Readonly<Record<string, { readonly accessToken: string; readonly accessTokenSecret: string }>>;
  };
  readonly sign: (text: string) => string;
}

interface Parts {
  readonly network: SocialNetwork;
  readonly webhooks: XWebhooks;
}

/** An app that is made now, or one of an earlier start with this key. */
export function openXApp(parts: Parts, options: XAppOptions = {}): XApp {
  const { network, webhooks } = parts;
  const known = webhooks.apps().find(({ consumerKey }) => consumerKey === options.consumerKey);
  const { appId } = webhooks.save({
    appId: known?.appId ?? newId.number(),
    consumerKey: options.consumerKey ?? newId.token('').slice(0, 25),
    consumerSecret: options.consumerSecret ?? known?.consumerSecret ?? newId.token('').slice(0, 50),
    bearerToken: known?.bearerToken ?? newId.token('AAAA').slice(0, 112),
    webhooks: known?.webhooks ?? [],
  });
  const row = (): XAppRow => webhooks.app(appId) as XAppRow;
  const accounts = () => network.accounts().filter((one) => one.platform === 'twitter' && one.appId === appId);
  return {
    consumerKey: row().consumerKey,
    consumerSecret: row().consumerSecret,
    bearerToken: row().bearerToken,
    account: (userId, given = {}) => openAccount(parts, appId, userId, given.name),
    registerWebhook: async (url) => {
      if (!(await webhooks.isAnswering(row(), url))) throw new Error(`${url} does not answer the CRC.`);
      const subscriptions = accounts().map(({ accountId }) => accountId);
      const webhook = { id: newId.number(), url, isValid: true, createdAtMs: network.clock.now(), subscriptions };
      webhooks.save({ ...row(), webhooks: [webhook] });
    },
    check: async () => {
      const answers = await Promise.all(
        row().webhooks.map(async ({ id, url }) => {
          const isValid = await webhooks.isAnswering(row(), url);
          webhooks.change(appId, id, (webhook) => ({ ...webhook, isValid }));
          return isValid;
        }),
      );
      return answers.every(Boolean);
    },
    webhooks: () => row().webhooks,
    credentials: () => {
      const { consumerKey, consumerSecret, bearerToken } = row();
      const tokens = accounts().map(
        ({ accountId, accessToken, accessTokenSecret = '' }) =>
          [accountId, { accessToken, accessTokenSecret }] as const,
      );
      return { consumerKey, consumerSecret, bearerToken, accounts: Object.fromEntries(tokens) };
    },
    sign: (text) => webhooks.sign(row(), text),
  };
}

function openAccount({ network, webhooks }: Parts, appId: string, accountId: string, name?: string): XAccountHandle {
  const known = network.account('twitter', accountId);
  const accessTokenSecret = known?.accessTokenSecret ?? newId.token('').slice(0, 45);
  network.saveAccount({
    platform: 'twitter',
    accountId,
    appId,
    accessToken: known?.accessToken ?? `${accountId}-${newId.token('').slice(0, 40)}`,
    accessTokenSecret,
    name: name ?? known?.name ?? `Business ${accountId}`,
    isSubscribed: true,
    isTokenExpired: false,
    isLinkedToAws: false,
  });
  const send = async (message: CustomersMessage): Promise<Omit<Said, 'messageId'>> => {
    const account = network.account('twitter', accountId);
    const direct = { ...message, senderId: message.address.customerId, recipientId: accountId };
    const emitted = account && (await webhooks.emit(account, [direct]));
    if (emitted) return emitted;
    return { status: undefined, delivered: new Promise(() => undefined), repeat: async () => 0 };
  };
  const handle = accountHandle(network, 'twitter', accountId, send);
  return Object.defineProperties({ accessTokenSecret } as XAccountHandle, Object.getOwnPropertyDescriptors(handle));
}
