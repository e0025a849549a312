import * as z from 'zod';
import { text } from '../../kernel/env.ts';
import { FEED_ENV } from '../../live/feed-env.ts';

export const KeepCallEnv = z.object({
  ...FEED_ENV,
  /** Agents that a caller may switch to, and how they speak now. */
  AGENTS_TABLE: text,
  CALLS_TABLE: text,
  STATISTICS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CUSTOMERS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
  RECORDINGS_BUCKET: text,
  VOICE_SESSION_FUNCTION: text,
  VOICE_LINES: z.coerce.number<string>().int().positive(),
});
