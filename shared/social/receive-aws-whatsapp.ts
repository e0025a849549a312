import type { SNSEvent } from 'aws-lambda';
import * as z from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { Log } from '../kernel/log.ts';
import { enqueueInbound, type InboundDeps, type RouteOf } from './enqueue-inbound.ts';
import { inOrder } from './inbound/meta.ts';
import { whatsappMessages } from './inbound/whatsapp.ts';

export const ReceiveAwsWhatsappEnv = z.object({ CHANNELS_TABLE: text, MESSAGE_QUEUE_URL: text });

export interface ReceiveAwsWhatsappDeps extends InboundDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** What AWS End User Messaging Social publishes; the webhook's entry is JSON in a string in JSON. */
const Notification = z.object({
  context: z.object({
    MetaPhoneNumberIds: z.array(z.object({ metaPhoneNumberId: z.string(), arn: z.string() })).default([]),
  }),
  whatsAppWebhookEntry: z.string(),
});

/**
 * WhatsApp messages that came by AWS End User Messaging Social. Its topic is the proof of where they come from: only the
 * service may publish there. Throws what cannot be read, too: it ends in the dead letters instead of nowhere.
 */
export const receiveAwsWhatsapp =
  (deps: ReceiveAwsWhatsappDeps) =>
  async (event: SNSEvent): Promise<void> => {
    for (const { Sns } of event.Records) {
      const { context, whatsAppWebhookEntry } = Notification.parse(JSON.parse(Sns.Message));
      const numbers = new Map(context.MetaPhoneNumberIds.map(({ metaPhoneNumberId, arn }) => [metaPhoneNumberId, arn]));
      const routeOf: RouteOf = ({ accountId, senderId: to }) => ({
        kind: 'whatsapp-aws',
        accountId,
        originationId: numbers.get(accountId) ?? accountId,
        to,
      });
      const messages = inOrder(whatsappMessages(JSON.parse(whatsAppWebhookEntry)));
      const { queued, ignored } = await enqueueInbound(deps, messages, { nowMs: deps.clock.now(), routeOf });
      if (ignored > 0) deps.log('social.messages.ignored', { queued, ignored });
    }
  };
