import type { CustomersMessage } from '../customer.ts';
import type { SocialAccount } from '../network.ts';

/** Objects that Meta's webhooks are about. */
export const META_OBJECTS = ['whatsapp_business_account', 'page', 'instagram'] as const;
export type MetaObject = (typeof META_OBJECTS)[number];

/** One entry of a webhook; several of the same object may travel together. */
export interface MetaUnit {
  readonly object: MetaObject;
  readonly entry: object;
}

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

const whatsappEntry = (
  { businessAccountId = '', displayPhoneNumber = '', accountId }: SocialAccount,
  value: object,
) => ({
  id: businessAccountId,
  changes: [
    {
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: displayPhoneNumber, phone_number_id: accountId },
        ...value,
      },
      field: 'messages',
    },
  ],
});

/** A customer's message on WhatsApp, as an entry of the webhook. */
export function whatsappInbound(account: SocialAccount, message: CustomersMessage): object {
  const { messageId: id, address, name, atMs } = message;
  const from = address.customerId;
  return whatsappEntry(account, {
    contacts: [{ profile: { name }, wa_id: from }],
    messages: [{ from, id, timestamp: seconds(atMs), ...whatsappContent(message) }],
  });
}

function whatsappContent({ text, attachment, messageId }: CustomersMessage): object {
  if (attachment === undefined) return { type: 'text', text: { body: text } };
  if (attachment === 'location') return { type: 'location', location: { latitude: 52.52, longitude: 13.405 } };
  const media = { id: messageId.slice(-16), mime_type: 'application/octet-stream', sha256: 'embedded' };
  return { type: attachment, [attachment]: { ...media, ...(text === '' ? {} : { caption: text }) } };
}

/** That a message of the business was sent and has arrived. */
export const whatsappStatuses = (
  account: SocialAccount,
  messageId: string,
  customerId: string,
  nowMs: number,
): object =>
  whatsappEntry(account, {
    statuses: ['sent', 'delivered'].map((status) => ({
      id: messageId,
      status,
      timestamp: seconds(nowMs),
      recipient_id: customerId,
      conversation: { id: messageId.slice(-32), origin: { type: 'service' } },
      pricing: { billable: false, pricing_model: 'PMP', category: 'service', type: 'free_customer_service' },
    })),
  });

const messagingEntry = (accountId: string, atMs: number, messaging: readonly object[]) => ({
  id: accountId,
  time: atMs,
  messaging,
});

/** A customer's message on Messenger or Instagram. */
export function messengerInbound({ accountId }: SocialAccount, message: CustomersMessage): object {
  const { messageId: mid, address, text, attachment, atMs } = message;
  const attachments = attachment && [{ type: attachment, payload: { url: `https://cdn.example/${mid.slice(-12)}` } }];
  const content = { mid, ...(text === '' ? {} : { text }), ...(attachments ? { attachments } : {}) };
  return messagingEntry(accountId, atMs, [
    { sender: { id: address.customerId }, recipient: { id: accountId }, timestamp: atMs, message: content },
  ]);
}

/** The account's own message as its app hears it again, and that it has arrived. */
export const messengerEchoes = (
  { accountId, appId, platform }: SocialAccount,
  {
    messageId: mid,
    customerId,
    text,
  }: { readonly messageId: string; readonly customerId: string; readonly text: string },
  nowMs: number,
): object => {
  const [account, customer] = [{ id: accountId }, { id: customerId }];
  const echo = { mid, text, is_echo: true, ...(platform === 'facebook' ? { app_id: Number(appId) } : {}) };
  const delivery = { mids: [mid], watermark: nowMs };
  return messagingEntry(accountId, nowMs, [
    { sender: account, recipient: customer, timestamp: nowMs, message: echo },
    ...(platform === 'facebook' ? [{ sender: customer, recipient: account, timestamp: nowMs, delivery }] : []),
  ]);
};
