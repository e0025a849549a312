import * as z from 'zod';

/** `AgentContext` as it reaches a deployed agent. What it does not know it leaves out: the API may be newer than the agent. */
export const AgentContextSchema = z.object({
  business: z.record(z.string(), z.unknown()).optional(),
  live: z
    .object({
      data: z.record(z.string(), z.unknown()).optional(),
      notes: z.string().optional(),
      specialInstructions: z.string().optional(),
    })
    .optional(),
  customer: z
    .object({
      displayName: z.string().optional(),
      facts: z.record(z.string(), z.string()).default({}),
      summary: z.string().optional(),
      recent: z
        .array(
          z.object({
            channel: z.enum([
              'voice',
              'sms',
              'chat',
              'whatsapp',
              'instagram',
              'facebook',
              'twitter',
              'browser',
              'phone',
              'api',
            ]),
            role: z.enum(['user', 'assistant', 'human']),
            text: z.string(),
            // Up to what a date can be.
            atMs: z.number().min(0).max(8.64e15),
          }),
        )
        .max(1000)
        .default([]),
    })
    .optional(),
});
