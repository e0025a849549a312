import * as z from 'zod';
import { customerText, type InboundMessage } from './inbound-message.ts';

const Party = z.object({ id: z.string().min(1).max(128) });
const Attachment = z.object({ type: z.string().max(64) });

/** One event of Messenger or Instagram (developers.facebook.com, Messenger Platform, webhook reference). */
const Event = z.object({
  sender: Party,
  recipient: Party,
  timestamp: z.number().positive(),
  message: z
    .object({
      mid: z.string().min(1).max(512),
      text: z.string().optional(),
      attachments: z.array(z.unknown()).optional(),
      is_echo: z.boolean().optional(),
      is_deleted: z.boolean().optional(),
      is_unsupported: z.boolean().optional(),
    })
    .optional(),
  postback: z
    .object({
      mid: z.string().min(1).max(512).optional(),
      title: z.string().optional(),
      payload: z.string().optional(),
    })
    .optional(),
});
type Event = z.output<typeof Event>;

const Entry = z.object({ id: z.string().min(1).max(64), messaging: z.array(z.unknown()) });

/** The customers' messages of one entry; echoes of our own, receipts, deletions and comments are left out. */
export const messagingMessages = (channel: 'facebook' | 'instagram', entry: unknown): readonly InboundMessage[] => {
  const parsed = Entry.safeParse(entry).data;
  return (parsed?.messaging ?? []).flatMap((raw) => {
    const event = Event.safeParse(raw).data;
    if (parsed === undefined || event === undefined) return [];
    // What the account itself says comes back as an echo, marked or not.
    if (event.sender.id === parsed.id || event.message?.is_echo === true || event.recipient.id !== parsed.id) return [];
    const said = saidIn(event);
    return said === undefined ? [] : [{ channel, accountId: parsed.id, ...said, ...senderOf(channel, event) }];
  });
};

type Said = Pick<InboundMessage, 'messageId' | 'text' | 'attachments'>;

const saidIn = ({ message, postback, sender, timestamp }: Event): Said | undefined => {
  if (message !== undefined && message.is_deleted !== true) {
    const text = customerText(message.text ?? '');
    const attachments = (message.attachments ?? []).map((raw) => Attachment.safeParse(raw).data?.type ?? 'unsupported');
    // A link that somebody shares comes as text and as a preview of it.
    const unread = attachments.filter((type) => type !== 'fallback' || text === '');
    const kinds = unread.length === 0 && text === '' ? ['unsupported'] : unread;
    return { messageId: message.mid, text, attachments: kinds };
  }
  if (postback === undefined) return undefined;
  const text = customerText(postback.title ?? postback.payload ?? '');
  // Old apps get postbacks without an id: who pressed it and when is one.
  return text === '' ? undefined : { messageId: postback.mid ?? `${sender.id}:${timestamp}`, text, attachments: [] };
};

const senderOf = (channel: 'facebook' | 'instagram', { sender, timestamp }: Event) => ({
  senderId: sender.id,
  identity: { kind: channel, value: sender.id } as const,
  sentAtMs: timestamp,
});
