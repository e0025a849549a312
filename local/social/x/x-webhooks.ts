import { createHmac, randomBytes } from 'node:crypto';
import type { CloudClock, KeyValueStore } from '../../core/service.ts';
import type { CustomersMessage } from '../customer.ts';
import type { SocialAccount } from '../network.ts';
import type { Delivery, WebhookDeliveries } from '../webhook-deliveries.ts';

export interface XWebhook {
  readonly id: string;
  readonly url: string;
  readonly isValid: boolean;
  readonly createdAtMs: number;
  /** User ids of the accounts whose activity it is told. */
  readonly subscriptions: readonly string[];
}

/** An app of X's developer console. */
export interface XAppRow {
  readonly appId: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly bearerToken: string;
  readonly webhooks: readonly XWebhook[];
}

export interface EmittedX extends Delivery {
  readonly repeat: () => Promise<number>;
}

/** Checks, signs and calls the webhooks of apps. */
export class XWebhooks {
  readonly #store: KeyValueStore;
  readonly #deliveries: WebhookDeliveries;
  readonly #clock: CloudClock;

  constructor(parts: {
    readonly store: KeyValueStore;
    readonly deliveries: WebhookDeliveries;
    readonly clock: CloudClock;
  }) {
    this.#store = parts.store;
    this.#deliveries = parts.deliveries;
    this.#clock = parts.clock;
  }

  app(appId: string): XAppRow | undefined {
    return this.#store.get(`app/x/${appId}`);
  }

  apps(): XAppRow[] {
    return this.#store.list<XAppRow>('app/x/').map(({ value }) => value);
  }

  save(app: XAppRow): XAppRow {
    this.#store.put(`app/x/${app.appId}`, app);
    return app;
  }

  sign({ consumerSecret }: XAppRow, text: string): string {
    return `sha256=${createHmac('sha256', consumerSecret).update(text).digest('base64')}`;
  }

  /** The CRC: the webhook must sign a token of ours. */
  async isAnswering(app: XAppRow, url: string): Promise<boolean> {
    const token = randomBytes(18).toString('base64url');
    const asked = new URL(url);
    asked.searchParams.set('crc_token', token);
    try {
      const answer = await fetch(asked, { signal: AbortSignal.timeout(3000) });
      const { response_token: given } = (await answer.json()) as { response_token?: unknown };
      return answer.status === 200 && given === this.sign(app, token);
    } catch {
      return false;
    }
  }

  change(appId: string, id: string, change: (webhook: XWebhook) => XWebhook): void {
    const app = this.app(appId);
    if (!app) return;
    this.save({ ...app, webhooks: app.webhooks.map((webhook) => (webhook.id === id ? change(webhook) : webhook)) });
  }

  /** Tells the app of messages to or from an account. Undefined where no webhook is subscribed to it. */
  async emit(account: SocialAccount, messages: readonly XDirectMessage[]): Promise<EmittedX | undefined> {
    const app = this.app(account.appId);
    const webhook = app?.webhooks.find(
      ({ isValid, subscriptions }) => isValid && subscriptions.includes(account.accountId),
    );
    if (app === undefined || webhook === undefined) return undefined;
    const body = JSON.stringify(activity(account, messages, this.#clock.now()));
    const post = { url: webhook.url, body, headers: { 'x-twitter-webhooks-signature': this.sign(app, body) } };
    const delivery = await this.#deliveries.deliver(post);
    return { ...delivery, repeat: () => this.#deliveries.post(post) };
  }
}

/** A message between an account and somebody, in either direction. */
export interface XDirectMessage extends Pick<CustomersMessage, 'messageId' | 'text' | 'attachment' | 'atMs' | 'name'> {
  readonly senderId: string;
  readonly recipientId: string;
}

const activity = (account: SocialAccount, messages: readonly XDirectMessage[], nowMs: number) => ({
  for_user_id: account.accountId,
  direct_message_events: messages.map(({ messageId, text, attachment, atMs, senderId, recipientId }) => ({
    type: 'message_create',
    id: messageId,
    created_timestamp: String(atMs),
    message_create: {
      target: { recipient_id: recipientId },
      sender_id: senderId,
      message_data: {
        text,
        entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] },
        ...(attachment === undefined
          ? {}
          : {
              attachment: {
                type: 'media',
                media: { id_str: messageId, type: attachment === 'image' ? 'photo' : attachment },
              },
            }),
      },
    },
  })),
  users: Object.fromEntries(
    messages.flatMap(({ senderId, recipientId, name }) => {
      const customerId = senderId === account.accountId ? recipientId : senderId;
      return [userOf(account.accountId, account.name, nowMs), userOf(customerId, name, nowMs)];
    }),
  ),
});

const userOf = (id: string, name: string, nowMs: number) =>
  [id, { id, created_timestamp: String(nowMs), name, screen_name: name.replaceAll(/\W/g, '_').slice(0, 15) }] as const;
