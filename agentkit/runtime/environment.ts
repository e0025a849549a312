import type { RetrievalFilter } from '@aws-sdk/client-bedrock-agent-runtime';
import * as z from 'zod';

/** A Bedrock `RetrievalFilter`: an object with one operator. Its inside is Bedrock's to judge. */
const Filter = z.custom<RetrievalFilter>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 1,
  'KNOWLEDGE_FILTER must be one Bedrock RetrievalFilter.',
);

/** Empty means no filter (a knowledge base of its own); anything unreadable must stop the agent, not open the filter. */
const FilterFromJson = z
  .string()
  .transform((text, context) => {
    if (text.trim() === '') return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'KNOWLEDGE_FILTER is not JSON.' });
      return z.NEVER;
    }
  })
  .pipe(Filter.optional());

export const AgentRuntimeEnv = z.object({
  AGENT_ID: z.string().min(1),
  USER_ID: z.string().min(1),
  AGENT_VERSION: z.string().min(1),
  /** Absent for an agent without files. */
  KNOWLEDGE_BASE_ID: z.string().min(1).optional(),
  KNOWLEDGE_FILTER: FilterFromJson.optional(),
  MODEL_ID: z.string().min(1),
  /** Asks language models that the agent's owner has chosen. */
  PROVIDER_FUNCTION: z.string().min(1),
  /** Both are given to an agent that speaks, and to no other. */
  SPEECH_MODEL_ID: z.string().min(1).optional(),
  KEEP_CALL_FUNCTION: z.string().min(1).optional(),
  PORT: z.coerce.number<string>().int().min(0).max(65_535).default(8080),
});
export type AgentRuntimeEnv = z.output<typeof AgentRuntimeEnv>;
