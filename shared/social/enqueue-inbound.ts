import type { ChannelStore } from '../channels/channel-store.ts';
import type { UserId } from '../kernel/ids.ts';
import type { InboundMessage } from './inbound/inbound-message.ts';
import type { MessageQueue } from './message-queue.ts';
import type { QueuedMessage, ReplyRoute } from './queued-message.ts';

export interface InboundDeps {
  readonly accounts: Pick<ChannelStore, 'findAccount'>;
  readonly queue: MessageQueue;
}

/** Meta repeats a webhook for seven days, and answered messages are remembered for eight: what is older is a replay. */
const MAX_AGE_MS = 7.5 * 24 * 60 * 60 * 1000;

/** How many of a webhook's messages are on their way. */
export interface Enqueued {
  readonly queued: number;
  /** For accounts that no agent of this tenant answers, or too old. */
  readonly ignored: number;
}

/**
 * Queues what is for agents of this tenant; without `userId` for agents of any. Throws where the queue did not take all:
 * the platform comes again, and what is queued already is known by its id.
 */
export const enqueueInbound = async (
  { accounts, queue }: InboundDeps,
  messages: readonly InboundMessage[],
  { userId, nowMs, routeOf }: { readonly userId?: UserId; readonly nowMs: number; readonly routeOf: RouteOf },
): Promise<Enqueued> => {
  const owners = new Map<string, ReturnType<InboundDeps['accounts']['findAccount']>>();
  const ownerOf = ({ channel: channelType, accountId }: InboundMessage) => {
    const key = `${channelType}#${accountId}`;
    const owner = owners.get(key) ?? accounts.findAccount({ channelType, accountId });
    owners.set(key, owner);
    return owner;
  };
  const queued: QueuedMessage[] = [];
  for (const message of messages) {
    const owner = message.sentAtMs < nowMs - MAX_AGE_MS ? undefined : await ownerOf(message);
    if (owner === undefined || (userId !== undefined && owner.userId !== userId)) continue;
    const { accountId: _account, senderId: _sender, ...said } = message;
    queued.push({ message: { ...said, userId: owner.userId, agentId: owner.agentId }, route: routeOf(message) });
  }
  if (queued.length > 0) await queue.enqueue(queued);
  return { queued: queued.length, ignored: messages.length - queued.length };
};

/** The way a reply takes. */
export type RouteOf = (message: InboundMessage) => ReplyRoute;

/** Back over the platform's own API. */
export const platformRoute: RouteOf = ({ channel, accountId, senderId }) => ({
  kind: channel,
  accountId,
  to: senderId,
});
