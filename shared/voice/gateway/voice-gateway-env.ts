import * as z from 'zod';
import { text } from '../../kernel/env.ts';

export const VoiceGatewayEnv = z.object({
  AGENTS_TABLE: text,
  API_KEYS_TABLE: text,
  CALLS_TABLE: text,
  STATISTICS_TABLE: text,
  /** What was said in a call that somebody begins to watch. */
  CONVERSATIONS_TABLE: text,
  VOICE_SESSIONS_TABLE: text,
  /** `wss://…/live`: its `https` form is where connections are written to. */
  WEBSOCKET_URL: text,
  /** The same as callers from outside see it: the telephone provider signs that one. */
  PUBLIC_WEBSOCKET_URL: text,
  VOICE_SESSION_FUNCTION: text,
  VOICE_LINES: z.coerce.number<string>().int().positive(),
  VOICE_TENANT_DAILY_BUDGET_USD: z.coerce.number<string>().positive(),
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
  STAGE: text,
  /** Secret of the telephone provider; empty where the stage has none. */
  TWILIO_SECRET_NAME: z.string(),
});
