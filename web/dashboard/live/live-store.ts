import type { OperatorMessage } from '../../../shared/live/operator-messages.ts';
import {
  type LiveCall,
  type LiveState,
  listedCalls,
  NOTHING_LIVE,
  overdueCalls,
  withMessage,
  withoutGone,
  withoutOld,
} from './live-state.ts';

/** Live calls outside of React: each row reads its own call, and is drawn only when that one changed. */
export interface LiveStore {
  readonly receive: (message: OperatorMessage) => void;
  /** These were found to be over: after a lost connection, or when nobody told. */
  readonly endedMeanwhile: (callIds: readonly string[]) => void;
  /** Those that should have begun by now, or be over. */
  readonly overdue: () => readonly string[];
  readonly forgetOld: (kept: string | undefined) => void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly call: (callId: string) => LiveCall | undefined;
  /** In the order they are listed; the same list as before as long as nothing in it changed. */
  readonly callIds: () => readonly string[];
}

export interface LiveStoreDeps {
  readonly nowMs: () => number;
  /** Does work before the page is painted next. */
  readonly beforePaint: (work: () => void) => void;
}

type Change = (state: LiveState) => LiveState;

/** A page in the background is not painted; messages do not pile up for it without bound. */
const MOST_PENDING = 2000;

/** However many messages come between two frames, listeners are told once. */
export function liveStore({ nowMs, beforePaint }: LiveStoreDeps): LiveStore {
  const listeners = new Set<() => void>();
  let state = NOTHING_LIVE;
  let ids: readonly string[] = [];
  let pending: Change[] = [];

  const apply = (): void => {
    const before = state;
    state = pending.reduce((reached, change) => change(reached), state);
    pending = [];
    if (state === before) return;
    const listed = listedCalls(state);
    if (listed.length !== ids.length || listed.some((callId, index) => callId !== ids[index])) ids = listed;
    for (const listener of listeners) listener();
  };
  const change = (work: Change): void => {
    if (pending.length === 0) beforePaint(apply);
    pending.push(work);
    if (pending.length >= MOST_PENDING) apply();
  };
  return {
    receive: (message) => change((reached) => withMessage(reached, message, nowMs())),
    endedMeanwhile: (callIds) => change((reached) => withoutGone(reached, callIds, nowMs())),
    overdue: () => overdueCalls(state, nowMs()),
    forgetOld: (kept) => change((reached) => withoutOld(reached, nowMs(), kept)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    call: (callId) => state.calls.get(callId),
    callIds: () => ids,
  };
}
