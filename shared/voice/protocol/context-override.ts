import * as z from 'zod';

/** Facts about this one call, laid into the prompt: at most 8,000 characters as JSON. */
export const ContextOverride = z
  .record(z.string().min(1).max(128), z.json())
  .refine((context) => JSON.stringify(context).length <= 8000, 'At most 8,000 characters as JSON.');
