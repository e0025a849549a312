import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from 'react';
import type { FeedState, OperatorFeed, OperatorMessage } from '../../../client/index.ts';

export type { FeedState };

export const FeedContext = createContext<OperatorFeed | undefined>(undefined);

function useSharedFeed(): OperatorFeed {
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
  const feed = useSharedFeed();
  const latest = useRef(onMessage);
  useEffect(() => {
    latest.current = onMessage;
  });
  const wanted = topics.join(' ');
  useEffect(() => {
    if (wanted === '') return undefined;
    return feed.watch(wanted.split(' '), (message) => latest.current(message));
  }, [feed, wanted]);
  return useFeedState();
}

/** Whether live data comes at the moment. */
function useFeedState(): FeedState {
  const feed = useSharedFeed();
  return useSyncExternalStore(feed.onState, feed.state);
}
