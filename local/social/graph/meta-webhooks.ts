import { createHmac, randomInt } from 'node:crypto';
import type { KeyValueStore } from '../../core/service.ts';
import type { Delivery, WebhookDeliveries } from '../webhook-deliveries.ts';
import type { MetaObject, MetaUnit } from './payloads.ts';

/** An app of Meta's, as its dashboard shows it. */
export interface MetaAppRow {
  readonly appId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  /** Of a system user; good for WhatsApp. */
  readonly accessToken: string;
  readonly webhooks: Readonly<Partial<Record<MetaObject, string>>>;
}

/** A call of a webhook that was made, or waits for its app to let go. */
export interface Emitted extends Delivery {
  readonly repeat: () => Promise<number>;
}

/** Meta's JSON: everything but ASCII, and slashes, are escaped. */
const escaped = (value: object): string =>
  JSON.stringify(value)
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[\u0080-\uffff]/g, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Signs and calls the webhooks of apps. */
export class MetaWebhooks {
  readonly #store: KeyValueStore;
  readonly #deliveries: WebhookDeliveries;
  readonly #held = new Map<string, { unit: MetaUnit; resolve: (emitted: Emitted | undefined) => void }[]>();

  constructor(dependencies: { readonly store: KeyValueStore; readonly deliveries: WebhookDeliveries }) {
    this.#store = dependencies.store;
    this.#deliveries = dependencies.deliveries;
  }

  app(appId: string): MetaAppRow | undefined {
    return this.#store.get(`app/meta/${appId}`);
  }

  apps(): MetaAppRow[] {
    return this.#store.list<MetaAppRow>('app/meta/').map(({ value }) => value);
  }

  save(app: MetaAppRow): MetaAppRow {
    this.#store.put(`app/meta/${app.appId}`, app);
    return app;
  }

  /** What `X-Hub-Signature-256` says of these bytes. */
  sign({ appSecret }: MetaAppRow, body: string): string {
    return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
  }

  /**
   * Registers a webhook after its handshake: the challenge must come back as it was sent. Throws an `Error` that says
   * what was wrong.
   */
  async subscribe(appId: string, object: MetaObject, url: string, verifyToken: string): Promise<void> {
    const challenge = String(randomInt(1_000_000_000, 2_000_000_000));
    const asked = new URL(url);
    for (const [name, value] of Object.entries({ mode: 'subscribe', challenge, verify_token: verifyToken })) {
      asked.searchParams.set(`hub.${name}`, value);
    }
    const answer = await fetch(asked, { signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    if (answer.status !== 200)
      throw new Error(`HTTP Status Code = ${answer.status}; HTTP Message = ${answer.statusText}`);
    if (text !== challenge)
      throw new Error('Callback verification failed: the challenge did not come back as it was sent.');
    const app = this.app(appId);
    if (app) this.save({ ...app, webhooks: { ...app.webhooks, [object]: url } });
  }

  /** Tells the app. Undefined where it has no webhook for that, and while it holds them. */
  emit(appId: string, unit: MetaUnit): Promise<Emitted | undefined> {
    const held = this.#held.get(appId);
    if (held === undefined) return this.#post(appId, unit.object, [unit.entry]);
    return new Promise((resolve) => held.push({ unit, resolve }));
  }

  isHolding(appId: string): boolean {
    return this.#held.has(appId);
  }

  hold(appId: string): void {
    if (!this.#held.has(appId)) this.#held.set(appId, []);
  }

  /** Sends what was held, all entries of an object in one call. */
  async release(appId: string): Promise<readonly Emitted[]> {
    const held = this.#held.get(appId) ?? [];
    this.#held.delete(appId);
    const objects = new Set(held.map(({ unit }) => unit.object));
    const calls = [...objects].map(async (object) => {
      const together = held.filter(({ unit }) => unit.object === object);
      const emitted = await this.#post(
        appId,
        object,
        together.map(({ unit }) => unit.entry),
      );
      for (const { resolve } of together) resolve(emitted);
      return emitted;
    });
    return (await Promise.all(calls)).filter((emitted) => emitted !== undefined);
  }

  async #post(appId: string, object: MetaObject, entries: readonly object[]): Promise<Emitted | undefined> {
    const app = this.app(appId);
    const url = app?.webhooks[object];
    if (app === undefined || url === undefined) return undefined;
    const body = escaped({ object, entry: entries });
    const headers = { 'x-hub-signature-256': this.sign(app, body), 'user-agent': 'facebookexternalua' };
    const delivery = await this.#deliveries.deliver({ url, body, headers });
    return { ...delivery, repeat: () => this.#deliveries.post({ url, body, headers }) };
  }
}
