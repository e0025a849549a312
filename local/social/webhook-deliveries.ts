import { randomUUID } from 'node:crypto';
import type { CloudClock, KeyValueStore } from '../core/service.ts';

/** One call of a webhook: these very bytes, signed. */
export interface WebhookPost {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What became of it. */
export interface Delivery {
  /** Of the first try; 0 when nobody answered. */
  readonly status: number;
  /** Resolves once a try was answered with 2xx, which may never be. */
  readonly delivered: Promise<void>;
}

/** Meta tries again at once, then ever more seldom, for 36 hours (Messenger) up to 7 days (WhatsApp); the steps are ours. */
const WAITS_MS = [1000, 5000, 30_000, 120_000, 600_000, 3_600_000];
const GIVE_UP_MS = 7 * 86_400_000;
/** Platforms hang up on a webhook after some 10 to 20 seconds. */
const TIMEOUT_MS = 20_000;

interface Pending extends WebhookPost {
  readonly firstAtMs: number;
  readonly attempts: number;
}

/** Calls webhooks until they answer 2xx: at least once, in no promised order. What waits outlives a restart. */
export class WebhookDeliveries {
  readonly #store: KeyValueStore;
  readonly #clock: CloudClock;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor({ store, clock }: { readonly store: KeyValueStore; readonly clock: CloudClock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Resolves after the first try. */
  async deliver(post: WebhookPost): Promise<Delivery> {
    const id = randomUUID();
    const pending = { ...post, firstAtMs: this.#clock.now(), attempts: 1 };
    this.#store.put(id, pending);
    const status = await this.post(post);
    if (isTaken(status)) {
      this.#store.delete(id);
      return { status, delivered: Promise.resolve() };
    }
    return { status, delivered: this.#retry(id, pending) };
  }

  /** One call and no more; 0 when nobody answers. */
  async post({ url, body, headers }: WebhookPost): Promise<number> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(body),
      signal,
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    this.#underWay.add(answer);
    return answer.finally(() => this.#underWay.delete(answer));
  }

  /** Goes on with what an earlier process had not delivered. */
  resume(): void {
    for (const { key, value } of this.#store.list<Pending>()) void this.#retry(key, value);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The platforms are closed.'));
    await Promise.allSettled(this.#underWay);
  }

  #retry(id: string, pending: Pending): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tryAgain(id, pending).then(
      (isDelivered) => isDelivered && resolve(),
      () => undefined,
    );
    return promise;
  }

  async #tryAgain(id: string, first: Pending): Promise<boolean> {
    for (let pending = first; this.#clock.now() - pending.firstAtMs < GIVE_UP_MS; ) {
      const waitMs = WAITS_MS[Math.min(pending.attempts, WAITS_MS.length) - 1] ?? 0;
      await this.#clock.sleep(waitMs, this.#closing.signal);
      const status = await this.post(pending);
      if (this.#closing.signal.aborted) return false;
      if (isTaken(status)) {
        this.#store.delete(id);
        return true;
      }
      pending = { ...pending, attempts: pending.attempts + 1 };
      this.#store.put(id, pending);
    }
    this.#store.delete(id);
    return false;
  }
}

const isTaken = (status: number): boolean => status >= 200 && status < 300;
