import * as z from 'zod';
import { SessionId } from '../kernel/ids.ts';
import type { ProblemCode } from '../kernel/problems.ts';

export const MAX_MESSAGE_LENGTH = 4_000;

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
  })
  .meta({ id: 'SendMessage' });
export type SendMessageBody = z.output<typeof SendMessageBody>;

const Words = z.record(z.string(), z.string());

/** What a deployed agent must answer; anything else is `agent-runtime-failed`. */
export const AgentAnswerSchema = z.object({
  answer: z.string(),
  citations: z.array(
    z.object({
      marker: z.int(),
      path: z.string().meta({ description: 'The file, as its owner named it.' }),
      description: z.string().optional(),
      excerpt: z.string(),
      score: z.number(),
    }),
  ),
  toolCalls: z.array(
    z.object({
      name: z.string(),
      input: z.record(z.string(), z.unknown()),
      status: z.enum(['success', 'error']),
      clauseIds: z.array(z.string()).meta({ description: 'SOP clauses this tool carries out.' }),
      durationMs: z.number(),
    }),
  ),
  handoff: z
    .object({ reason: z.string(), summary: z.string(), collected: Words, clauseIds: z.array(z.string()) })
    .nullable()
    .meta({ description: 'Why a person must take over, when one must.' }),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
});

export const MessageAnswerView = AgentAnswerSchema.extend({ sessionId: z.string() }).meta({ id: 'MessageAnswer' });
