import * as z from 'zod';
import { FailureSchema } from '../providers/provider-failure.ts';

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
  usage: z.object({
    inputTokens: z.number(),
    outputTokens: z.number(),
    modelId: z.string().optional(),
    costMicroUsd: z.int().optional(),
    priceKnown: z.boolean().optional().meta({ description: 'False: the cost is that of a dear model.' }),
  }),
});

/** What a deployed agent answers instead when its owner's language model failed. */
export const AgentFailureSchema = z.object({ failure: FailureSchema });
