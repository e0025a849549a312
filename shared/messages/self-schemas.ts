import * as z from 'zod';

/** What a deployed agent answers to `describe`: `AgentSelf` of `shared/voice/session/agent-brain.ts`. */
export const AgentSelfSchema = z.object({
  prompt: z.string().min(1),
  greeting: z
    .string()
    .nullish()
    .transform((greeting) => greeting ?? undefined),
  agentName: z.string().min(1),
  agentVersion: z.int().positive(),
  topics: z.array(z.string()),
});

/** What a deployed agent answers to `search`. */
export const AgentPassagesSchema = z.object({
  passages: z.array(z.object({ path: z.string(), text: z.string(), score: z.number() })),
});
