import { setTimeout as pause } from 'node:timers/promises';
import type { Address, Received, SocialNetwork } from './network.ts';

/** What became of a customer's message. */
export interface Said {
  readonly messageId: string;
  /** Of the webhook's first answer; 0 when nobody answered, undefined while the app holds its webhooks. */
  readonly status: number | undefined;
  /** Resolves once the webhook has taken it. */
  readonly delivered: Promise<void>;
  /** Calls the webhook again with the same signed bytes, as platforms now and then do; gives its status. */
  readonly repeat: () => Promise<number>;
}

/** What a customer sends besides text. */
export type AttachmentKind = 'image' | 'audio' | 'video' | 'document' | 'location' | 'sticker';

/** Somebody on a platform who writes to one account. */
export interface SocialCustomer {
  readonly id: string;
  /** Resolves when the webhook's first answer is there. A `messageId` of an earlier message repeats that one. */
  readonly say: (text: string, options?: { readonly messageId?: string; readonly atMs?: number }) => Promise<Said>;
  readonly attach: (kind: AttachmentKind, caption?: string) => Promise<Said>;
  /** All that has reached this customer so far, oldest first. */
  readonly received: () => readonly Received[];
  /** The same, as soon as there are `count` (1 unless given). Throws after `timeoutMs` of the machine's clock (30 s). */
  readonly inbox: (count?: number, timeoutMs?: number) => Promise<readonly Received[]>;
  /** The next message that none of these calls has given yet. */
  readonly nextReply: (timeoutMs?: number) => Promise<Received>;
}

/** How a customer's message gets to the business. */
export interface Outlet {
  readonly newMessageId: () => string;
  readonly send: (message: CustomersMessage) => Promise<Omit<Said, 'messageId'>>;
}

export interface CustomersMessage {
  readonly messageId: string;
  readonly address: Address;
  readonly name: string;
  readonly text: string;
  readonly attachment?: AttachmentKind;
  readonly atMs: number;
}

const PATIENCE_MS = 30_000;

/** Makes the customer known to the platform, if they are not. */
export function makeCustomer(network: SocialNetwork, address: Address, name: string, outlet: Outlet): SocialCustomer {
  if (network.customer(address) === undefined) network.saveCustomer(address, { name, lastSaidAtMs: 0 });
  let given = network.inbox(address).length;
  const send = async (
    message: Pick<CustomersMessage, 'text' | 'attachment'>,
    options: { messageId?: string; atMs?: number },
  ) => {
    const { messageId = outlet.newMessageId(), atMs = network.clock.now() } = options;
    network.heard(address);
    return { messageId, ...(await outlet.send({ messageId, address, name, atMs, ...message })) };
  };
  const inbox = async (count = 1, timeoutMs = PATIENCE_MS): Promise<readonly Received[]> => {
    const late = new AbortController();
    const tooLate = pause(timeoutMs, 'late' as const, { signal: late.signal }).catch(() => 'stopped' as const);
    try {
      for (;;) {
        const next = network.nextDelivery(address);
        const received = network.inbox(address);
        if (received.length >= count) return received;
        if ((await Promise.race([next, tooLate])) === 'late') {
          throw new Error(`${address.platform} ${address.customerId} has ${received.length} messages, not ${count}.`);
        }
      }
    } finally {
      late.abort();
    }
  };
  return {
    id: address.customerId,
    say: (text, options = {}) => send({ text }, options),
    attach: (attachment, text = '') => send({ text, attachment }, {}),
    received: () => network.inbox(address),
    inbox,
    nextReply: async (timeoutMs) => {
      const index = given;
      const received = await inbox(index + 1, timeoutMs);
      given = index + 1;
      return received[index] as Received;
    },
  };
}
