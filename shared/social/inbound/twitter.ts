import * as z from 'zod';
import { customerName, customerText, type InboundMessage } from './inbound-message.ts';
import { inOrder } from './meta.ts';

/** A direct message (docs.x.com, Account Activity API). */
const Event = z.object({
  type: z.literal('message_create'),
  id: z.string().min(1).max(64),
  created_timestamp: z.coerce.number<unknown>().positive(),
  message_create: z.object({
    sender_id: z.string().min(1).max(64),
    target: z.object({ recipient_id: z.string().min(1).max(64) }),
    message_data: z.object({
      text: z.string().optional(),
      attachment: z.object({ type: z.string().max(64) }).optional(),
    }),
  }),
});

const Activity = z.object({
  for_user_id: z.string().min(1).max(64),
  direct_message_events: z.array(z.unknown()).optional(),
  users: z.record(z.string(), z.unknown()).optional(),
});

const User = z.object({ name: z.string().optional() });

/** The customers' direct messages of a webhook of X, oldest first; what the account itself sent is left out. */
export const twitterMessages = (body: unknown): readonly InboundMessage[] => {
  const activity = Activity.safeParse(body).data;
  if (activity === undefined) return [];
  return inOrder((activity.direct_message_events ?? []).flatMap((raw) => inbound(activity, raw)));
};

const inbound = ({ for_user_id: accountId, users }: z.output<typeof Activity>, raw: unknown): InboundMessage[] => {
  const event = Event.safeParse(raw).data;
  if (event === undefined) return [];
  const { sender_id: senderId, target, message_data: data } = event.message_create;
  if (senderId === accountId || target.recipient_id !== accountId) return [];
  const attachments = data.attachment === undefined ? [] : [data.attachment.type];
  const text = customerText(data.text ?? '');
  return [
    {
      channel: 'twitter',
      accountId,
      senderId,
      messageId: event.id,
      identity: { kind: 'twitter', value: senderId },
      ...customerName(User.safeParse(Object.hasOwn(users ?? {}, senderId) ? users?.[senderId] : undefined).data?.name),
      text,
      attachments: attachments.length === 0 && text === '' ? ['unsupported'] : attachments,
      sentAtMs: event.created_timestamp,
    },
  ];
};
