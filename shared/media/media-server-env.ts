import * as z from 'zod';
import { text } from '../kernel/env.ts';
import { VoiceSessionEnv } from '../voice/relay/voice-session-env.ts';

/** The environment of the media container: an owner of calls, with a door of its own. */
export const MediaServerEnv = VoiceSessionEnv.extend({
  /** `wss://…`, without a path: the telephone provider signs it with `/twilio`. */
  PUBLIC_MEDIA_URL: text,
  STAGE: text,
  PORT: z.coerce.number<string>().int().min(0).max(65_535).default(8080),
  /** The ECS agent's own address; only there on ECS. */
  ECS_AGENT_URI: z.url().optional(),
});
