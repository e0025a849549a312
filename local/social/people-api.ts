import { timingSafeEqual } from 'node:crypto';
import type { KeyValueStore } from '../core/service.ts';
import { type ApiAnswer, type ApiRequest, type JsonRecord, jsonBody } from './api.ts';
import type { SocialAccountHandle } from './graph/meta-app.ts';
import type { LocalSocial } from './index.ts';
import { newId, type SocialPlatform } from './network.ts';

/** Where another program of this machine plays customers, and with which key. */
export interface PeopleAccess {
  readonly url: string;
  readonly key: string;
}

/** App of the accounts that are opened here. */
const META_APP_ID = '1020304050607080';
const X_CONSUMER_KEY = 'npm-run-inbox-consumer-key';
/** How long one request waits for an answer. */
const PATIENCE_MS = 20_000;

/** One key for as long as the state is kept. */
export function peopleKey(store: KeyValueStore): string {
  const known = store.get<string>('people-key');
  if (known !== undefined) return known;
  const key = newId.token('').slice(0, 48);
  store.put('people-key', key);
  return key;
}

type Platforms = Pick<LocalSocial, 'meta' | 'x'>;

/** What `npm run inbox` does at the platforms: opens an account, registers its webhook, writes as a customer, reads the answer. */
export const peopleApi =
  (platforms: Platforms, key: string) =>
  async ({ method, url, authorization, body }: ApiRequest): Promise<ApiAnswer> => {
    const [given, expected] = [Buffer.from(authorization), Buffer.from(`Bearer ${key}`)];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { status: 401, body: {} };
    const asked = { ...Object.fromEntries(url.searchParams), ...jsonBody(body) };
    const platform = asked.platform as SocialPlatform;
    const account = openAccount(platforms, platform, textOf(asked, 'accountId'));
    if (account === undefined) return { status: 404, body: {} };
    const app = platform === 'twitter' ? xApp(platforms) : metaApp(platforms);
    const customer = () => account.customer(textOf(asked, 'customerId'), textOf(asked, 'name'));
    switch (`${method} ${url.pathname}`) {
      case 'POST /people/account':
        return { status: 200, body: app.credentials() };
      case 'POST /people/webhook':
        await app.registerWebhook(textOf(asked, 'url'));
        return { status: 200, body: {} };
      case 'POST /people/message': {
        const before = customer().received().length;
        const { status, messageId } = await customer().say(textOf(asked, 'text'));
        return { status: 200, body: { status: status ?? null, messageId, before } };
      }
      case 'GET /people/inbox': {
        const after = Number(asked.after);
        const received = await customer()
          .inbox(after + 1, PATIENCE_MS)
          .catch(() => []);
        return { status: 200, body: { received: received.slice(after) } };
      }
      default:
        return { status: 404, body: {} };
    }
  };

const textOf = (asked: JsonRecord, name: string): string => {
  const value = asked[name];
  return typeof value === 'string' ? value : '';
};

const metaApp = ({ meta }: Platforms) => meta.app({ appId: META_APP_ID });
const xApp = ({ x }: Platforms) => x.app({ consumerKey: X_CONSUMER_KEY });

function openAccount(
  platforms: Platforms,
  platform: SocialPlatform,
  accountId: string,
): SocialAccountHandle | undefined {
  switch (platform) {
    case 'whatsapp':
      return metaApp(platforms).whatsapp(accountId);
    case 'facebook':
      return metaApp(platforms).page(accountId);
    case 'instagram':
      return metaApp(platforms).instagram(accountId);
    case 'twitter':
      return xApp(platforms).account(accountId);
    default:
      return undefined;
  }
}
