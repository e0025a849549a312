import * as z from 'zod';
import { GRANULARITIES } from './period.ts';

const SHAPE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A day in UTC, or a moment as RFC 3339 writes it; Unix milliseconds. */
const Moment = z
  .string()
  .refine((text) => SHAPE.test(text) && Number.isFinite(Date.parse(text)), {
    error: 'A day or a moment: 2026-11-21, 2026-11-21T09:00:00Z.',
  })
  .transform((text) => Date.parse(text));

const moment = (description: string) =>
  Moment.optional().meta({ description, override: { type: 'string', example: '2026-11-21' } });

/** Query of `GET /statistics` and `GET /agents/{agentId}/statistics`. */
export const StatisticsQuery = z.strictObject({
  from: moment('The first period that is wanted is the one with this moment; a week before `to` unless stated.'),
  to: moment('The last one is the one with this moment; now unless stated.'),
  granularity: z.enum(GRANULARITIES).default('day').meta({ description: 'Hours are kept for 32 days.' }),
});

/** Query of `GET /statistics/agents`. */
export const AgentStatisticsQuery = z.strictObject({
  day: z.iso
    .date({ error: 'A day as ISO 8601 writes it: 2026-11-21.' })
    .optional()
    .meta({ description: 'A day in UTC; today unless stated.', example: '2026-11-21' }),
});
