import * as z from 'zod';
import { CustomerRef } from '../customers/customer-ref.ts';
import { SessionId } from '../kernel/ids.ts';
import type { ProblemCode } from '../kernel/problems.ts';

const MAX_MESSAGE_LENGTH = 4_000;

/** Body of `POST /agents/{agentId}/messages`. */
export const SendMessageBody = z
  .strictObject({
    text: z
      .string()
      .refine((text) => text.isWellFormed(), {
        error: 'Not well-formed Unicode.',
        params: { problem: 'invalid-encoding' satisfies ProblemCode },
        abort: true,
      })
      .refine((text) => text.trim() !== '', { error: 'The message is empty.' })
      .max(MAX_MESSAGE_LENGTH)
      .meta({ example: 'How long can I return a mattress?' }),
    sessionId: SessionId.optional().meta({
      description: 'Continues a conversation; without it a new one begins.',
      example: 's_6c0f8a1e-4a43-4c7e-9d0f-0d6ee8f2a111',
    }),
    customerRef: CustomerRef.optional().meta({
      description: 'Who asks, by your own name for them: the agent knows what they said before, on any channel.',
      example: 'customer-4711',
    }),
  })
  .meta({ id: 'SendMessage' });
export type SendMessageBody = z.output<typeof SendMessageBody>;
