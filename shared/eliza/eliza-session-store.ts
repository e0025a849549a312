import type { SocialChannelType } from '../channels/channel.ts';
import type { AgentId } from '../kernel/ids.ts';

/** A customer on one channel of an agent. */
export interface ElizaSessionKey {
  readonly agentId: AgentId;
  /** Of the customer, as `ReplyEngine` is given it. */
  readonly sessionId: string;
  readonly channel: SocialChannelType;
}

/**
 * The session of ElizaOS in which a customer speaks. The server keeps sessions in memory only: what stands here may be
 * gone there. Holds no words.
 */
export interface ElizaSession {
  readonly elizaSessionId: string;
  /** The session knows what was said up to then (Unix milliseconds, of the newest entry it was told of). */
  readonly toldUpToMs: number;
  /** Digest of what the session was told about the customer. */
  readonly toldFacts: string;
}

/** Which session a customer has. Each is used by one message at a time, as its customer's messages are. */
export interface ElizaSessionStore {
  readonly find: (key: ElizaSessionKey) => Promise<ElizaSession | undefined>;
  readonly keep: (key: ElizaSessionKey, session: ElizaSession) => Promise<void>;
}
