import * as z from 'zod';
import type { Identity } from '../../customers/customer.ts';
import { customerName, customerText, type InboundMessage } from './inbound-message.ts';

const Captioned = z.object({ caption: z.string().optional() });
const Titled = z.object({ title: z.string() });

/** One message of a customer (developers.facebook.com, WhatsApp Cloud API, webhook `messages`). */
const Message = z.object({
  id: z.string().min(1).max(512),
  /** A telephone number without plus; absent where the customer hides it behind a business-scoped user id. */
  from: z.string().min(1).max(128).optional(),
  from_user_id: z.string().min(1).max(128).optional(),
  timestamp: z.coerce.number<unknown>().positive(),
  type: z.string().max(64),
  text: z.object({ body: z.string() }).optional(),
  button: z.object({ text: z.string() }).optional(),
  interactive: z.object({ button_reply: Titled.optional(), list_reply: Titled.optional() }).optional(),
  image: Captioned.optional(),
  video: Captioned.optional(),
  document: Captioned.optional(),
});
type Message = z.output<typeof Message>;

const Contact = z.object({
  wa_id: z.string().optional(),
  user_id: z.string().optional(),
  profile: z.object({ name: z.string().optional() }).optional(),
});

const Value = z.object({
  metadata: z.object({ phone_number_id: z.string().min(1).max(64) }),
  contacts: z.array(z.unknown()).optional(),
  messages: z.array(z.unknown()).optional(),
});

const Entry = z.object({ changes: z.array(z.unknown()) });
const Change = z.object({ field: z.string(), value: z.unknown() });

/** Not said by anybody: they need no answer. */
const SILENT: readonly string[] = ['reaction', 'system', 'ephemeral', 'request_welcome'];

/** The customers' messages of one entry of a webhook; states of our own messages, echoes and what is not understood are left out. */
export const whatsappMessages = (entry: unknown): readonly InboundMessage[] =>
  (Entry.safeParse(entry).data?.changes ?? []).flatMap((raw) => {
    const change = Change.safeParse(raw).data;
    const value = change?.field === 'messages' ? Value.safeParse(change.value).data : undefined;
    return value === undefined ? [] : (value.messages ?? []).flatMap((message) => inbound(value, message));
  });

const inbound = (value: z.output<typeof Value>, raw: unknown): InboundMessage[] => {
  const message = Message.safeParse(raw).data;
  const senderId = message?.from ?? message?.from_user_id;
  if (message === undefined || senderId === undefined || SILENT.includes(message.type)) return [];
  const contacts = (value.contacts ?? []).flatMap((contact) => Contact.safeParse(contact).data ?? []);
  const contact = contacts.find(({ wa_id, user_id }) => wa_id === senderId || user_id === senderId);
  const text = customerText(textOf(message));
  const attachments = ATTACHMENTS.includes(message.type) || text === '' ? [kindOf(message.type)] : [];
  return [
    {
      channel: 'whatsapp',
      accountId: value.metadata.phone_number_id,
      senderId,
      messageId: message.id,
      identity: identityOf(senderId),
      ...customerName(contact?.profile?.name),
      text,
      attachments,
      sentAtMs: message.timestamp * 1000,
    },
  ];
};

const ATTACHMENTS: readonly string[] = [
  'image',
  'video',
  'audio',
  'voice',
  'document',
  'sticker',
  'location',
  'contacts',
  'order',
];

const kindOf = (type: string): string => (ATTACHMENTS.includes(type) ? type : 'unsupported');

const textOf = ({ text, button, interactive, image, video, document }: Message): string =>
  text?.body ??
  button?.text ??
  interactive?.button_reply?.title ??
  interactive?.list_reply?.title ??
  image?.caption ??
  video?.caption ??
  document?.caption ??
  '';

/** WhatsApp vouches for the number it writes; a business-scoped user id is no number. */
const identityOf = (senderId: string): Identity =>
  /^[1-9]\d{6,14}$/.test(senderId) ? { kind: 'phone', value: `+${senderId}` } : { kind: 'whatsapp', value: senderId };
