import { randomBytes } from 'node:crypto';
import type { CloudClock, KeyValueStore } from '../core/service.ts';

/** `facebook` is Messenger, `twitter` is X. */
export type SocialPlatform = 'whatsapp' | 'facebook' | 'instagram' | 'twitter';

/** A business's account on a platform. */
export interface SocialAccount {
  readonly platform: SocialPlatform;
  /** Phone number id, page id, Instagram user id or X user id. */
  readonly accountId: string;
  readonly appId: string;
  readonly accessToken: string;
  /** Of X only (OAuth 1.0a). */
  readonly accessTokenSecret?: string;
  readonly name: string;
  /** Of WhatsApp only: digits. */
  readonly displayPhoneNumber?: string;
  /** Of WhatsApp only: Meta's id of the WhatsApp Business Account. */
  readonly businessAccountId?: string;
  /** Whether the platform tells the app of it. */
  readonly isSubscribed: boolean;
  readonly isTokenExpired: boolean;
  /** Linked to AWS End User Messaging Social: what arrives goes to SNS, not to a webhook. */
  readonly isLinkedToAws: boolean;
}

/** Somebody who writes to an account. */
export interface CustomerRow {
  readonly name: string;
  /** Epoch milliseconds; 0 for somebody who never wrote. */
  readonly lastSaidAtMs: number;
}

/** A message in a customer's inbox. */
export interface Received {
  readonly messageId: string;
  readonly text: string;
  /** `text`, `template`, `image`, … */
  readonly type: string;
  readonly atMs: number;
}

export interface Address {
  readonly platform: SocialPlatform;
  readonly accountId: string;
  readonly customerId: string;
}

/** Ids as the platforms make them. */
export const newId = {
  number: (): string =>
    String(BigInt(`0x${randomBytes(7).toString('hex')}`))
      .padStart(16, '1')
      .slice(0, 16),
  whatsapp: (): string => `wamid.${randomBytes(27).toString('base64').replaceAll(/[+/]/g, 'A')}`,
  mid: (): string => `m_${randomBytes(48).toString('base64url')}`,
  token: (prefix: string): string => `${prefix}${randomBytes(60).toString('hex')}`,
};

const placeOf = ({ platform, accountId, customerId }: Address): string => `${platform}/${accountId}/${customerId}`;

/** Accounts, their customers and everybody's inboxes; all of it outlives a restart. */
export class SocialNetwork {
  readonly clock: CloudClock;
  readonly #store: KeyValueStore;
  readonly #waiting = new Map<string, Set<() => void>>();
  #sequence = 0;

  constructor({ store, clock }: { readonly store: KeyValueStore; readonly clock: CloudClock }) {
    this.#store = store;
    this.clock = clock;
  }

  account(platform: SocialPlatform, accountId: string): SocialAccount | undefined {
    return this.#store.get(`account/${platform}/${accountId}`);
  }

  accounts(): SocialAccount[] {
    return this.#store.list<SocialAccount>('account/').map(({ value }) => value);
  }

  saveAccount(account: SocialAccount): SocialAccount {
    this.#store.put(`account/${account.platform}/${account.accountId}`, account);
    return account;
  }

  customer(address: Address): CustomerRow | undefined {
    return this.#store.get(`customer/${placeOf(address)}`);
  }

  saveCustomer(address: Address, row: CustomerRow): void {
    this.#store.put(`customer/${placeOf(address)}`, row);
  }

  /** Milliseconds since the customer wrote last; `Infinity` for one who never did. */
  silentMs(address: Address): number {
    const lastSaidAtMs = this.customer(address)?.lastSaidAtMs ?? 0;
    return lastSaidAtMs === 0 ? Number.POSITIVE_INFINITY : this.clock.now() - lastSaidAtMs;
  }

  heard(address: Address): void {
    const row = this.customer(address);
    if (row) this.saveCustomer(address, { ...row, lastSaidAtMs: this.clock.now() });
  }

  /** Puts a message into the customer's inbox. */
  deliver(address: Address, message: Omit<Received, 'atMs'>): Received {
    const received = { ...message, atMs: this.clock.now() };
    this.#sequence += 1;
    const order = `${String(received.atMs).padStart(15, '0')}-${String(this.#sequence).padStart(9, '0')}`;
    this.#store.put(`inbox/${placeOf(address)}/${order}`, received);
    const listeners = this.#waiting.get(placeOf(address)) ?? new Set();
    this.#waiting.delete(placeOf(address));
    for (const wake of listeners) wake();
    return received;
  }

  /** Oldest first. */
  inbox(address: Address): Received[] {
    return this.#store.list<Received>(`inbox/${placeOf(address)}/`).map(({ value }) => value);
  }

  /** Resolves when the customer's inbox gets something. */
  nextDelivery(address: Address): Promise<void> {
    return new Promise((wake) => {
      const listeners = this.#waiting.get(placeOf(address)) ?? new Set();
      this.#waiting.set(
        placeOf(address),
        listeners.add(() => wake()),
      );
    });
  }
}
