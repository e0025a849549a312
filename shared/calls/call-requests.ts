import * as z from 'zod';
import { wholeNumber } from '../http/query.ts';
import { CALL_CHANNELS, CALL_DIRECTIONS, CALL_STATUSES } from './call.ts';
import { MOST_SEARCHED, searchedWords } from './search/call-words.ts';

const Moment = z.iso
  .datetime({ offset: true, error: 'A moment as RFC 3339 writes it: 2026-11-21T09:00:00Z.' })
  .transform((text) => Date.parse(text));

/** Query of `GET /calls`. */
export const ListCallsQuery = z.strictObject({
  agentId: z.uuid().toLowerCase().optional().meta({ description: 'Only calls with this agent.' }),
  status: z.enum(CALL_STATUSES).optional().meta({ description: 'Only calls in this status.' }),
  channel: z.enum(CALL_CHANNELS).optional().meta({ description: 'Only calls on this channel.' }),
  direction: z.enum(CALL_DIRECTIONS).optional().meta({ description: 'Only calls in this direction.' }),
  from: Moment.optional().meta({
    description: 'Only calls that began at this moment or later.',
    override: { type: 'string', format: 'date-time' },
  }),
  to: Moment.optional().meta({
    description: 'Only calls that began at this moment or before.',
    override: { type: 'string', format: 'date-time' },
  }),
  q: z
    .string()
    .max(200)
    .refine((text) => searchedWords(text).length > 0, { error: 'At least one word of two letters or digits.' })
    .optional()
    .meta({
      description: `Only calls that are over and in which all of these words are found (the first ${MOST_SEARCHED} count): in their numbers (any three digits of one and more), the agent’s name, the context’s texts, why it ended, and what was said. Case and accents do not matter; a word is found by its beginning, one of two letters whole.`,
      example: 'sofa refund',
    }),
  limit: wholeNumber(1, 100).default(20).meta({
    description: 'Calls a page; 20 unless stated. With `q`, `channel` or `direction` a page may have fewer, or none.',
  }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the page before.' }),
});
