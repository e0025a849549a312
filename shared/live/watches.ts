import type { OperatorTopic } from './topics.ts';

/** A connection that watches, and what of it: `calls`, `agents`, `call:{callId}`, `call:{callId}:audio`. */
export interface Watcher {
  readonly connectionId: string;
  readonly topics: readonly OperatorTopic[];
}

/** Whose connection watches, and until when it can be up. */
export interface WatchingConnection {
  readonly connectionId: string;
  readonly userId: string;
  /** Unix milliseconds: API Gateway closes every connection after two hours. */
  readonly untilMs: number;
}

/** Who watches what. Whoever asks for watchers may tell them about this tenant's things only. */
export interface Watches {
  /**
   * Adds topics to a connection; gives all that it watches then. Whether the topics are the tenant's own is the
   * caller's matter. `gone`: the connection is down; `too-many`: nothing was added.
   */
  readonly add: (
    connection: WatchingConnection,
    topics: readonly OperatorTopic[],
  ) => Promise<readonly OperatorTopic[] | 'gone' | 'too-many'>;
  /** Takes topics away; gives what is left. */
  readonly remove: (
    connection: Pick<WatchingConnection, 'connectionId' | 'userId'>,
    topics: readonly OperatorTopic[],
  ) => Promise<readonly OperatorTopic[]>;
  /** Forgets a connection that is down among whoever watches these topics. */
  readonly forget: (
    connection: Pick<WatchingConnection, 'connectionId' | 'userId'>,
    topics: readonly OperatorTopic[],
  ) => Promise<void>;
  /** Who watches this call, or all of the tenant's. Strongly consistent. */
  readonly ofCall: (call: { readonly callId: string; readonly userId: string }) => Promise<readonly Watcher[]>;
  /** Who watches `calls` or `agents` of a tenant. Strongly consistent. */
  readonly ofTenant: (userId: string) => Promise<readonly Watcher[]>;
}
