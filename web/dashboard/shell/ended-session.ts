import type { DashboardConfig } from './config.ts';
import { readSession, sessionKey } from './kept-session.ts';
import { awaitSession } from './session-relay.ts';

/** A session that may end while somebody works, and go on where they were. */
export interface EndedSession {
  readonly hasEnded: () => boolean;
  readonly onChange: (listener: () => void) => () => void;
  /** Says that the session has ended; fulfilled when the same person has signed in again in another tab. */
  readonly wait: () => Promise<void>;
}

export function endedSession(config: Pick<DashboardConfig, 'issuer' | 'clientId'>): EndedSession {
  const listeners = new Set<() => void>();
  const key = sessionKey(config);
  let waiting: Promise<void> | undefined;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const begin = async (): Promise<void> => {
    const userId = readSession(sessionStorage.getItem(key))?.userId ?? '';
    const { promise, resolve } = Promise.withResolvers<string>();
    const stop = awaitSession(userId, resolve);
    sessionStorage.setItem(key, await promise);
    stop();
    waiting = undefined;
    tell();
  };
  return {
    hasEnded: () => waiting !== undefined,
    onChange: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    wait: () => {
      if (waiting === undefined) {
        waiting = begin();
        tell();
      }
      return waiting;
    },
  };
}
