import { text } from '../kernel/env.ts';

/** Of functions that tell operators things: who watches, and where connections are written to. */
export const FEED_ENV = { VOICE_SESSIONS_TABLE: text, WEBSOCKET_URL: text } as const;

export interface FeedEnv {
  readonly VOICE_SESSIONS_TABLE: string;
  /** `wss://…/live`. */
  readonly WEBSOCKET_URL: string;
}
