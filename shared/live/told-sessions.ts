import type { SessionStore } from '../voice/stores/session-store.ts';
import type { VoiceSession } from '../voice/stores/voice-session.ts';
import type { CallFeed } from './call-feed.ts';

export interface ToldSessionsDeps<Store = SessionStore> {
  readonly sessions: Store;
  readonly feed: CallFeed;
  /**
   * When to tell: `behind` puts it behind what was told before and does not wait; else a write is over when it was told.
   * A function that is frozen between two requests must wait.
   */
  readonly tell: (work: () => Promise<void>) => Promise<void>;
}

/** What begins calls, and ends those that nobody came for: operators hear of it. */
export const toldOpenings = <Store extends Pick<SessionStore, 'open' | 'find' | 'abandon'>>({
  sessions,
  feed,
  tell,
}: ToldSessionsDeps<Store>): Store => ({
  ...sessions,
  open: async (...args: Parameters<SessionStore['open']>) => {
    const opened = await sessions.open(...args);
    if (opened.opened) await tell(() => feed.changed(args[0].session));
    return opened;
  },
  abandon: async (...args: Parameters<SessionStore['abandon']>) => {
    const isOver = await sessions.abandon(...args);
    const [session, { reason, nowMs: atMs }] = args;
    if (isOver) {
      const { recorded = 0, agentName = '' } = (await sessions.find(session.callId)) ?? {};
      await tell(() => feed.ended({ ...session, agentName }, [], { status: 'failed', reason, atMs, seq: recorded }));
    }
    return isOver;
  },
});

/** A store of calls under way whose writes operators hear of, in order, each after it was made. */
export const toldSessions = ({ sessions, feed, tell }: ToldSessionsDeps): SessionStore => ({
  ...toldOpenings({ sessions, feed, tell }),
  claim: async (owner, times) => {
    const session = await sessions.claim(owner, times);
    await tell(() => feed.changed(session));
    return session;
  },
  record: async (owner, session, write) => {
    const next = await sessions.record(owner, session, write);
    await tell(() => feed.recorded(next, write.entries));
    return next;
  },
  park: async (owner, session, write) => {
    const next = await sessions.park(owner, session, write);
    await tell(() => feed.recorded(next, write.entries));
    return next;
  },
  finish: async (owner, session, end) => {
    await sessions.finish(owner, session, end);
    const { status, reason, entries, nowMs: atMs } = end;
    await tell(() => feed.ended(session, entries, { status, reason, atMs, seq: nextSeq(session, entries) }));
  },
});

const nextSeq = ({ recorded }: VoiceSession, entries: readonly { readonly seq: number }[]): number =>
  Math.max(recorded, ...entries.map(({ seq }) => seq + 1));
