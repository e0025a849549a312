import type { VoiceConnection } from '../stores/voice-session.ts';
import { fullBucket, type TokenBucket } from './token-bucket.ts';

/** What this process knows of a connection: enough to pass a frame on without a look at a table. */
export interface KnownConnection {
  connection: VoiceConnection;
  /** Where the owner of its call was last found. A stale one answers 410. */
  ownerConnectionId: string | undefined;
  readonly bucket: TokenBucket;
}

export interface ConnectionCache {
  readonly get: (connectionId: string) => KnownConnection | undefined;
  readonly put: (connection: VoiceConnection, nowMs: number) => KnownConnection;
  readonly forget: (connectionId: string) => void;
}

/** A Lambda process serves one message at a time, but over its life those of many connections. */
const MOST = 2000;

/** The connections this process has seen; the oldest are forgotten first. */
export const connectionCache = (): ConnectionCache => {
  const known = new Map<string, KnownConnection>();
  return {
    get: (connectionId) => known.get(connectionId),
    put: (connection, nowMs) => {
      const before = known.get(connection.connectionId);
      const now = before ?? { connection, ownerConnectionId: undefined, bucket: fullBucket(nowMs) };
      now.connection = connection;
      known.set(connection.connectionId, now);
      const [oldest] = known.keys();
      if (known.size > MOST && oldest !== undefined) known.delete(oldest);
      return now;
    },
    forget: (connectionId) => {
      known.delete(connectionId);
    },
  };
};
