import * as z from 'zod';
import { text } from '../kernel/env.ts';

/** Of every function that makes or takes away channels of Amazon Connect; the ARNs are empty in a stage without it. */
export const ConnectChannelEnv = z.object({
  CHANNELS_TABLE: text,
  RESOURCE_PREFIX: text,
  STAGE: text,
  CONNECT_INSTANCE_ARN: z.string(),
  CONNECT_HOURS_ARN: z.string(),
  CONNECT_QUEUE_ARN: z.string(),
  ANSWER_CONTACT_ARN: z.string(),
  LEX_BOT_ALIAS_ARN: z.string(),
});

/** Of every function that ties channels to social platforms, or unties them; no ElizaOS server: two empty values. */
export const SocialChannelEnv = z.object({
  CHANNELS_TABLE: text,
  RESOURCE_PREFIX: text,
  PUBLIC_API_URL: text,
  WHATSAPP_TOPIC_ARN: text,
  GRAPH_API_URL: z.url(),
  INSTAGRAM_API_URL: z.url(),
  X_API_URL: z.url(),
  ELIZA_API_URL: z.string(),
  ELIZA_SECRET_NAME: z.string(),
});

export const DeployConnectChannelEnv = ConnectChannelEnv.extend({ AGENTS_TABLE: text });

export const DeploySocialChannelEnv = SocialChannelEnv.extend({ AGENTS_TABLE: text });

/** Takes away channels of every kind. */
export const RetireChannelsEnv = DeployConnectChannelEnv.extend(SocialChannelEnv.shape);
