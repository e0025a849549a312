import type { AgentKey } from '../agents/agent-store.ts';
import type { SessionId } from '../kernel/ids.ts';
import type { Counted } from '../statistics/statistics-store.ts';
import type { Turn } from './message.ts';

export interface ConversationKey extends AgentKey {
  readonly sessionId: SessionId;
}

/** A session is held by one message at a time, so that turns neither cross nor overwrite one another. */
export interface SessionLock {
  readonly key: ConversationKey;
  /** Marks the holder. */
  readonly token: string;
  /** Unix seconds after which the holder is taken for dead. */
  readonly lockedUntil: number;
}

/** The newest turns of a session, oldest first, and the number the next one gets. */
export interface History {
  readonly turns: readonly Turn[];
  readonly next: number;
}

/** The turns of text sessions; they are forgotten after the stage's retention, or with their agent. */
export interface ConversationStore {
  /** False while someone else holds the session. */
  readonly lock: (lock: SessionLock, now: number) => Promise<boolean>;
  readonly unlock: (lock: SessionLock) => Promise<void>;
  readonly history: (key: ConversationKey, limit: number) => Promise<History>;
  /** Writes the turns from `next` on, counts the answer and gives the session free. `expiresAt` and `now` in Unix seconds. */
  readonly append: (
    lock: SessionLock,
    history: History,
    turns: readonly Turn[],
    write: { readonly now: number; readonly expiresAt: number; readonly counted?: Counted },
  ) => Promise<void>;
  /**
   * Erases sessions of an agent, at most `limit` of them; true when none is left. For teardown: repeat until true.
   */
  readonly forget: (agent: AgentKey, limit: number) => Promise<boolean>;
}
