import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from 'react';
import type { OperatorMessage } from '../../../shared/live/operator-messages.ts';

/** `live`: messages come as things happen. `connecting`: none come now; what was missed follows. */
export type FeedState = 'idle' | 'connecting' | 'live';

/** The operator's connection of this tab, shared by all who watch. */
export interface Feed {
  /** Watches topics until the returned function is called; each message of these topics is given to `onMessage`. */
  readonly watch: (topics: readonly string[], onMessage: (message: OperatorMessage) => void) => () => void;
  readonly state: () => FeedState;
  readonly onState: (listener: () => void) => () => void;
  readonly close: () => void;
}

export const FeedContext = createContext<Feed | undefined>(undefined);

function useFeedOfSession(): Feed {
  const feed = useContext(FeedContext);
  if (!feed) throw new Error('There is no live feed here.');
  return feed;
}

/**
 * Calls `onMessage` with every message of the topics (`agents`, `calls`, `call:{callId}`, `call:{callId}:audio`) while
 * the component is shown. Lost connections are mended; the present state follows each time. Topics may change between
 * renders, and so may `onMessage`. No topics: nothing is watched.
 */
export function useFeed(topics: readonly string[], onMessage: (message: OperatorMessage) => void): FeedState {
  const feed = useFeedOfSession();
  const latest = useRef(onMessage);
  useEffect(() => {
    latest.current = onMessage;
  });
  const wanted = topics.join(' ');
  useEffect(() => {
    if (wanted === '') return undefined;
    return feed.watch(wanted.split(' '), (message) => latest.current(message));
  }, [feed, wanted]);
  return useSyncExternalStore(feed.onState, feed.state);
}
