import * as z from 'zod';
import { ReplyEngineEnv } from '../eliza/eliza-env.ts';
import { text } from '../kernel/env.ts';

/** Where platforms are reached. */
export const PlatformHosts = z.object({ GRAPH_API_URL: z.url(), INSTAGRAM_API_URL: z.url(), X_API_URL: z.url() });

export const AnswerCustomerMessageEnv = ReplyEngineEnv.extend(PlatformHosts.shape).extend({
  AGENTS_TABLE: text,
  CUSTOMERS_TABLE: text,
  STATISTICS_TABLE: text,
  /** Text model that summarizes long conversations. */
  AGENT_MODEL_ID: text,
  CONVERSATION_TTL_DAYS: z.coerce.number<string>().int().positive(),
  RESOURCE_PREFIX: text,
  MESSAGE_QUEUE_URL: text,
  CONNECT_CHAT_TOPIC_ARN: z.string(),
  CONNECT_HANDOFF_FLOW_ARN: z.string(),
  PUBLIC_API_URL: z.string(),
});
