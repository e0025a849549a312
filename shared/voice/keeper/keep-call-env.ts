import * as z from 'zod';
import { text } from '../../kernel/env.ts';

export const KeepCallEnv = z.object({
  VOICE_SESSIONS_TABLE: text,
  CALLS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CUSTOMERS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
  RECORDINGS_BUCKET: text,
  VOICE_SESSION_FUNCTION: text,
  VOICE_LINES: z.coerce.number<string>().int().positive(),
});
