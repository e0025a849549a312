import * as z from 'zod';
import { SOCIAL_CHANNELS } from '../channels/channel.ts';
import type { ProblemCode } from '../kernel/problems.ts';

/** As long as the longest message of the platforms (X: 10,000 characters). */
const MAX_MESSAGE_LENGTH = 10_000;
const MAX_ID_LENGTH = 200;

const wellFormed = (value: string): boolean => value.isWellFormed();
const encoding = { error: 'Not well-formed Unicode.', params: { problem: 'invalid-encoding' satisfies ProblemCode } };

const id = z
  .string()
  .min(1)
  .max(MAX_ID_LENGTH)
  .refine((value) => wellFormed(value) && !/[\p{Cc}#]/u.test(value), { error: 'No control characters, and no "#".' });

/** Body of `POST /webhooks/elizaos`, as the multi-channel engine documents it. */
export const ElizaWebhookBody = z
  .strictObject({
    platform: z.enum(SOCIAL_CHANNELS).meta({ description: 'Where the customer wrote.' }),
    agent_id: z.uuid(),
    message: z
      .string()
      .refine(wellFormed, { ...encoding, abort: true })
      .refine((value) => value.trim() !== '', { error: 'The message is empty.' })
      .max(MAX_MESSAGE_LENGTH)
      .meta({ example: "Hi! I'm looking for a new comforter set for my queen bed" }),
    user_id: id.meta({ description: 'The customer, as the platform names them.', example: 'customer_123' }),
    timestamp: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'When it was written. The same message with the same time is answered once.' }),
    message_id: id.optional().meta({ description: 'The platform’s id of the message, which is then answered once.' }),
  })
  .meta({ id: 'ElizaWebhook' });
export type ElizaWebhookBody = z.output<typeof ElizaWebhookBody>;

/** What is answered. */
export const ElizaWebhookView = z
  .strictObject({
    message: z.string().nullable().meta({ description: 'What the customer is to be sent; null: nothing.' }),
    agent_id: z.uuid(),
    channel: z.enum(SOCIAL_CHANNELS),
    context_updated: z
      .boolean()
      .meta({ description: 'Whether the message became part of the customer’s conversation.' }),
  })
  .meta({ id: 'ElizaWebhookAnswer' });
