import type { Channel } from '../channels/channel.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { CustomerMessage } from '../messages/customer-message.ts';
import { SendError } from './outbound/send-error.ts';
import { REPLY_LIMITS, type ReplySender, type ReplySenders } from './outbound/senders.ts';
import { splitText } from './outbound/split-text.ts';
import type { QueuedMessage } from './queued-message.ts';
import type { SentParts } from './sent-parts.ts';

export interface DeliverReplyDeps {
  /** Those of Amazon Connect where the stage has it. */
  readonly senders: Omit<ReplySenders, 'connect'> & Partial<Pick<ReplySenders, 'connect'>>;
  readonly sentParts: SentParts;
  readonly channels: Pick<ChannelStore, 'update'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Code of a channel whose token the platform does not take; the channel stays, and says so. */
const REFUSED = 'channel-credentials-refused';

export interface Reply {
  readonly text: string;
  /** Even one that fits into one message: something follows that may fail and be repeated. */
  readonly isCounted: boolean;
}

/**
 * Brings a reply to the customer, in as many messages as the platform demands; what has been sent before is not sent
 * again. A reply that can reach nobody any more is dropped and logged. Throws `SendError` where another attempt, or
 * somebody, can help.
 */
export const deliverReply = async (
  deps: DeliverReplyDeps,
  { message, route }: QueuedMessage,
  channel: Channel,
  { text, isCounted }: Reply,
): Promise<void> => {
  const { windowMs, text: limit } = REPLY_LIMITS[route.kind];
  if (windowMs !== null && deps.clock.now() - message.sentAtMs >= windowMs) return dropped(deps, message, 'too-late');
  const parts = splitText(text, limit);
  try {
    const counts = isCounted || parts.length > 1;
    const sent = counts ? await deps.sentParts.count(message) : 0;
    for (const [index, part] of parts.entries()) {
      if (index < sent) continue;
      const send = (deps.senders[route.kind] ?? noSender) as ReplySender;
      await send({ userId: message.userId, route, text: part });
      if (counts) await deps.sentParts.record(message, index + 1);
    }
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    if (error.failure === 'window-closed' || error.failure === 'recipient-gone') {
      return dropped(deps, message, error.failure, error.platformCode);
    }
    if (error.failure === 'credentials-refused') await complain(deps, channel, error);
    throw error;
  }
  if (channel.statusReason?.code === REFUSED) await withReason(deps, channel, null);
};

const noSender: ReplySender = async ({ route }) => {
  throw new SendError('refused', 'no-sender', `This stage sends nothing to "${route.kind}".`);
};

const dropped = (
  { log }: Pick<DeliverReplyDeps, 'log'>,
  { userId, agentId, channel }: CustomerMessage,
  reason: string,
  platformCode?: string,
): void => log('social.reply.dropped', { userId, agentId, channel, reason, platformCode });

const complain = (deps: DeliverReplyDeps, channel: Channel, { platformCode }: SendError): Promise<void> =>
  withReason(deps, channel, {
    code: REFUSED,
    message: `The platform refuses our token for this account (code ${platformCode}): store new credentials (PUT /channel-credentials) and ask an operator to redrive what waits.`,
  });

const withReason = async (
  { channels, clock }: DeliverReplyDeps,
  { userId, agentId, channelType }: Channel,
  statusReason: Channel['statusReason'] | null,
): Promise<void> => {
  await channels.update(
    { userId, agentId, channelType },
    { statusReason: statusReason ?? null },
    { now: nowSeconds(clock) },
  );
};
