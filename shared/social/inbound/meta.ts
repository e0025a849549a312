import * as z from 'zod';
import type { InboundMessage } from './inbound-message.ts';
import { messagingMessages } from './messaging.ts';
import { whatsappMessages } from './whatsapp.ts';

const Webhook = z.object({ object: z.string(), entry: z.array(z.unknown()) });

const READERS: Readonly<Record<string, (entry: unknown) => readonly InboundMessage[]>> = {
  whatsapp_business_account: whatsappMessages,
  page: (entry) => messagingMessages('facebook', entry),
  instagram: (entry) => messagingMessages('instagram', entry),
};

/** All customers' messages of a webhook of Meta, oldest first; whatever else it tells is left out. */
export const metaMessages = (body: unknown): readonly InboundMessage[] => {
  const webhook = Webhook.safeParse(body).data;
  const read = webhook === undefined || !Object.hasOwn(READERS, webhook.object) ? undefined : READERS[webhook.object];
  return read === undefined ? [] : inOrder((webhook?.entry ?? []).flatMap(read));
};

/** As they were written; those of the same moment stay as they came. */
export const inOrder = (messages: readonly InboundMessage[]): readonly InboundMessage[] =>
  messages.toSorted((one, other) => one.sentAtMs - other.sentAtMs);
