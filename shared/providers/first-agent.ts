import * as z from 'zod';
import { AGENT_TYPES } from '../agents/agent.ts';

/** What a user who has no agent yet is given: a stage's default, to try things out with. */
export const FirstAgent = z.strictObject({
  agentName: z.string().min(1).max(100).default('Development Agent'),
  agentType: z.enum(AGENT_TYPES).default('both'),
  sop: z
    .string()
    .min(1)
    .max(4000)
    .default(
      [
        '1. Greet the customer and ask how you can help.',
        '2. Answer questions briefly and kindly. When you do not know something, say so; never guess.',
        '3. Before you end, ask whether there is anything else.',
        '4. Hand over to a person when the customer asks for one.',
      ].join('\n'),
    ),
});
export type FirstAgent = z.output<typeof FirstAgent>;

/** As a variable of a function holds it. */
export const FirstAgentJson = z
  .string()
  .transform((json, context) => {
    try {
      return JSON.parse(json) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'This is not JSON.' });
      return z.NEVER;
    }
  })
  .pipe(FirstAgent);
