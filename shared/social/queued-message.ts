import { createHash } from 'node:crypto';
import * as z from 'zod';
import { CHANNEL_TYPES } from '../channels/channel.ts';
import { AgentId, UserId } from '../kernel/ids.ts';
import type { CustomerMessage } from '../messages/customer-message.ts';

const Id = z.string().min(1).max(512);

/** The way a reply takes back to the customer; `accountId` is the business's at the platform, `to` the customer's id there. */
export const ReplyRoute = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('whatsapp'), accountId: Id, to: Id }),
  /** Through AWS End User Messaging Social; `originationId` is its id or ARN of the business's number. */
  z.object({ kind: z.literal('whatsapp-aws'), accountId: Id, originationId: Id, to: Id }),
  z.object({ kind: z.literal('facebook'), accountId: Id, to: Id }),
  z.object({ kind: z.literal('instagram'), accountId: Id, to: Id }),
  z.object({ kind: z.literal('twitter'), accountId: Id, to: Id }),
  /** A chat or SMS contact of Amazon Connect. */
  z.object({ kind: z.literal('connect'), contactId: Id }),
]);
export type ReplyRoute = z.output<typeof ReplyRoute>;
export type ReplyRouteKind = ReplyRoute['kind'];

/** The body of a message in `{prefix}-customer-messages.fifo`. */
const QueuedMessageSchema = z.object({
  message: z.object({
    userId: UserId,
    agentId: AgentId,
    channel: z.enum(CHANNEL_TYPES),
    messageId: Id,
    identity: z.object({
      kind: z.enum(['phone', 'whatsapp', 'instagram', 'facebook', 'twitter', 'chat', 'external']),
      value: Id,
    }),
    displayName: z.string().optional(),
    text: z.string(),
    attachments: z.array(z.string()),
    sentAtMs: z.number(),
  }),
  route: ReplyRoute,
});

/** A customer's message on its way to the agent, with the way back. */
export interface QueuedMessage {
  readonly message: CustomerMessage;
  readonly route: ReplyRoute;
}

/** Throws what `JSON.parse` or zod throws: nothing that was not queued by us looks like this. */
export const readQueuedMessage = (body: string): QueuedMessage => {
  const { message, route } = QueuedMessageSchema.parse(JSON.parse(body));
  const { displayName, ...rest } = message;
  return { message: { ...rest, ...(displayName === undefined ? {} : { displayName }) }, route };
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Messages of one conversation are handed out one after the other: of a customer, with an agent, on a channel. */
export const conversationGroup = ({ userId, agentId, channel, identity }: CustomerMessage): string =>
  sha256([userId, agentId, channel, identity.kind, identity.value].join('#'));

/** The queue takes a message of this id once in five minutes; later repetitions are `CustomerMessages`' matter. */
export const deduplicationId = ({ userId, agentId, channel, messageId }: CustomerMessage): string =>
  sha256([userId, agentId, channel, messageId].join('#'));
