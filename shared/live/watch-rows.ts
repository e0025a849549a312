import type { OperatorTopic } from './topics.ts';
import type { Watcher } from './watches.ts';

/*
 * Rows of the sessions table that say who watches: one a call, one a tenant; an attribute for each connection and topic,
 * whose value is until when that connection can be up (Unix milliseconds).
 */

/** `sessionKey` of the row with whoever watches one call. */
export const callWatchKey = (callId: string): string => `watch#${callId}`;
/** `sessionKey` of the row with whoever watches `calls` or `agents` of a tenant. */
export const tenantWatchKey = (userId: string): string => `watch#tenant#${userId}`;

/** Ids of connections and topics have no space. */
export const watchAttribute = (topic: OperatorTopic, connectionId: string): string => `${topic} ${connectionId}`;

/** Who watches, of such a row; given the time (Unix milliseconds), without connections that are too old to be up. */
export const watchersOfRow = (row: Readonly<Record<string, unknown>> | undefined, nowMs = 0): readonly Watcher[] =>
  joinedWatchers(
    Object.entries(row ?? {}).flatMap(([name, untilMs]) => {
      const [topic, connectionId] = name.split(' ');
      if (connectionId === undefined || Number(untilMs) <= nowMs) return [];
      return [{ connectionId, topics: [topic as OperatorTopic] }];
    }),
  );

/** Each connection once, with all its topics. */
export const joinedWatchers = (watchers: readonly Watcher[]): readonly Watcher[] =>
  [...Map.groupBy(watchers, ({ connectionId }) => connectionId)].map(([connectionId, same]) => ({
    connectionId,
    topics: same.flatMap(({ topics }) => topics),
  }));
