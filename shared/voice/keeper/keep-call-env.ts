import * as z from 'zod';
import { text } from '../../kernel/env.ts';
import { FEED_ENV } from '../../live/feed-env.ts';

export const KeepCallEnv = z.object({
  ...FEED_ENV,
  CALLS_TABLE: text,
  STATISTICS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CUSTOMERS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
  RECORDINGS_BUCKET: text,
  VOICE_SESSION_FUNCTION: text,
  VOICE_LINES: z.coerce.number<string>().int().positive(),
});
