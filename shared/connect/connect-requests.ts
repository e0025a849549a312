import * as z from 'zod';
import { CONNECT_CHANNELS } from '../channels/channel.ts';
import { AgentId } from '../kernel/ids.ts';
import { E164 } from '../telephony/phone-number.ts';

/** Who writes or speaks, as whoever calls the webhook knows them. */
const WebhookCustomer = z.union([
  z.strictObject({ phone: E164.meta({ description: 'The number they call or write from, as the network gives it.' }) }),
  z.strictObject({ id: z.string().min(1).max(128).meta({ description: "The caller's own id of them." }) }),
]);

/** `POST /webhooks/connect`, as the multi-channel engine has it. */
export const ConnectWebhookBody = z.strictObject({
  agent_id: AgentId,
  message: z.string().trim().min(1).max(10_000),
  channel: z.enum(CONNECT_CHANNELS),
  customer: WebhookCustomer.exactOptional(),
  message_id: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,128}$/)
    .exactOptional()
    .meta({ description: 'The same id gets the same answer, and is asked once.' }),
});

export const ConnectWebhookView = z.object({
  message: z.string(),
  agent_id: AgentId,
  channel: z.enum(CONNECT_CHANNELS),
  /** Whether the message holds nothing but words to be spoken. */
  tts_ready: z.boolean(),
});
