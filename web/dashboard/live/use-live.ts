import { useCallback, useEffect, useSyncExternalStore } from 'react';
import type { OratioClient } from '../../../client/index.ts';
import { useClient } from '../shell/use-client.ts';
import { type FeedState, useFeed } from '../shell/use-feed.ts';
import type { LiveCall } from './live-state.ts';
import { type LiveStore, liveStore } from './live-store.ts';

/** Before the next frame; in the background, where there are no frames, once a second. */
function beforePaint(work: () => void): void {
  if (document.hidden) setTimeout(work, 1000);
  else requestAnimationFrame(work);
}

/** Kept while people go to other pages and come back. */
const store = liveStore({ nowMs: () => Date.now(), beforePaint });

const FORGET_EVERY_MS = 5000;
const LOOK_AFTER_EVERY_MS = 30_000;

/** The calls of the tenant that go on. `kept` is the one that stays even when it is over. */
export function useLiveCalls(kept: string | undefined): { readonly store: LiveStore; readonly feed: FeedState } {
  const client = useClient();
  const feed = useFeed(['calls'], store.receive);
  useEffect(() => {
    if (feed !== 'live') return;
    // The state of the topic follows each connection; what ended in between is not in it.
    void lookAfter(client, store.callIds());
    const timer = setInterval(() => void lookAfter(client, store.overdue()), LOOK_AFTER_EVERY_MS);
    return () => clearInterval(timer);
  }, [feed, client]);
  useEffect(() => {
    const timer = setInterval(() => store.forgetOld(kept), FORGET_EVERY_MS);
    return () => clearInterval(timer);
  }, [kept]);
  return { store, feed };
}

/** Finds out which of these are over. */
async function lookAfter(client: OratioClient, callIds: readonly string[]): Promise<void> {
  if (callIds.length === 0) return;
  const open = await openCalls(client);
  store.endedMeanwhile(callIds.filter((id) => !open.has(id)));
}

/** Calls that go on; all of those known as such when it could not be found out. */
async function openCalls(client: OratioClient): Promise<{ readonly has: (callId: string) => boolean }> {
  try {
    const [active, newest] = await Promise.all([
      client.call('listCalls', { query: { status: 'active', limit: 100 } }),
      client.call('listCalls', { query: { limit: 100 } }),
    ]);
    const begun = newest.data.calls.filter(({ endedAtMs }) => endedAtMs === null);
    return new Set([...active.data.calls, ...begun].map(({ callId }) => callId));
  } catch {
    return { has: () => true };
  }
}

/** One call; the component is drawn only when that one changes. */
export function useLiveCall(from: LiveStore, callId: string): LiveCall | undefined {
  const read = useCallback(() => from.call(callId), [from, callId]);
  return useSyncExternalStore(from.subscribe, read);
}

const seconds = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;

function eachSecond(listener: () => void): () => void {
  seconds.add(listener);
  clock ??= setInterval(() => {
    for (const tell of seconds) tell();
  }, 1000);
  return () => {
    seconds.delete(listener);
    if (seconds.size > 0) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** Unix milliseconds, a second at a time: one timer, however many clocks a page has. */
export const useNow = (): number => useSyncExternalStore(eachSecond, () => Math.floor(Date.now() / 1000) * 1000);
