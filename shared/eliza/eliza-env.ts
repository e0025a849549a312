import * as z from 'zod';
import { text } from '../kernel/env.ts';
import { MIND_ENV } from '../providers/mind-env.ts';

/** Of every function that speaks with the ElizaOS server; empty in a stage without one. */
export const ElizaServerEnv = z.object({ ELIZA_API_URL: z.string(), ELIZA_SECRET_NAME: z.string() });

/** Of every function that lets customers be answered: where the server, sessions and settings are. */
export const ReplyEngineEnv = ElizaServerEnv.extend({
  ...MIND_ENV,
  CHANNELS_TABLE: text,
  CONVERSATIONS_TABLE: text,
});

/** Function `answer-eliza-webhook`. */
export const AnswerElizaWebhookEnv = ReplyEngineEnv.extend({
  AGENTS_TABLE: text,
  CUSTOMERS_TABLE: text,
  STATISTICS_TABLE: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
});
