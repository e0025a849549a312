import * as z from 'zod';
import type { Heard } from './probe.ts';
import { FailureSchema } from './provider-failure.ts';

/** What came of a probe. */
export const ProbeAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('heard'),
    heard: z.object({
      said: z.string(),
      heard: z.string(),
      audio: z.object({ sampleRateHertz: z.number(), durationMs: z.number(), loudnessDb: z.number() }).nullable(),
      firstMs: z.number(),
      totalMs: z.number(),
    }) satisfies z.ZodType<Heard>,
  }),
  z.object({ outcome: z.literal('failed'), failure: FailureSchema }),
]);
export type ProbeAnswer = z.output<typeof ProbeAnswer>;
