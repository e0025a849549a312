import * as z from 'zod';
import { text } from '../../kernel/env.ts';
import { MIND_ENV } from '../../providers/mind-env.ts';
import { ADDRESS_POLICIES } from '../../providers/safe-address.ts';

export const VoiceSessionEnv = z.object({
  /** Agents that a caller may switch to, and how they speak now. */
  AGENTS_TABLE: text,
  VOICE_SESSIONS_TABLE: text,
  CALLS_TABLE: text,
  STATISTICS_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CUSTOMERS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
  RECORDINGS_BUCKET: text,
  /** `wss://…/live`: this function dials it, and writes to callers at its `https` form. */
  WEBSOCKET_URL: text,
  /** Its own name: the successor of an owner whose time is over. */
  VOICE_SESSION_FUNCTION: text,
  SPEECH_MODEL_ID: text,
  /** Text model of the cascade, for agents that name none. */
  AGENT_MODEL_ID: text,
  ...MIND_ENV,
  /** Secret of the telephone provider; empty where the stage has none. */
  TWILIO_SECRET_NAME: z.string(),
  TWILIO_API_URL: z.url(),
  /** Where services of tenants may be. */
  PROVIDER_ADDRESSES: z.enum(ADDRESS_POLICIES),
  VOICE_LINES: z.coerce.number<string>().int().positive(),
});
