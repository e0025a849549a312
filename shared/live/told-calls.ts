import type { Call } from '../calls/call.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { CallFeed } from './call-feed.ts';

export interface ToldCallsDeps<Store> {
  readonly calls: Store;
  readonly feed: Pick<CallFeed, 'changed' | 'ended'>;
  /** When to tell, as of `toldSessions`. */
  readonly tell: (work: () => Promise<void>) => Promise<void>;
}

/**
 * A store of calls whose writes operators hear of, each after it was made: a call that is queued, rings, begins, or fails
 * before anybody owned it. Such a call has no entries but those its end names.
 */
export const toldCalls = <Store extends Pick<CallStore, 'insert' | 'transition'>>({
  calls,
  feed,
  tell,
}: ToldCallsDeps<Store>): Store => ({
  ...calls,
  insert: async (call: Call) => {
    const isNew = await calls.insert(call);
    if (isNew) await tell(() => feed.changed(call));
    return isNew;
  },
  transition: async (...args: Parameters<CallStore['transition']>) => {
    const written = await calls.transition(...args);
    if (written.written) await tell(() => tellOf(feed, written.call));
    return written;
  },
});

const tellOf = (feed: ToldCallsDeps<unknown>['feed'], call: Call): Promise<void> => {
  const { userId, callId, status, endReason: reason = 'failed', endedAtMs: atMs = call.createdAtMs } = call;
  // Not the call itself: it does not know its agent's name.
  const fed = { userId, callId };
  if (status !== 'completed' && status !== 'failed') return feed.changed(fed);
  return feed.ended(fed, [], { status, reason, atMs, seq: 0 });
};
