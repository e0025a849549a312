import type { LiveCallView, LiveEvent } from '../../../shared/live/live-views.ts';
import type { OperatorMessage } from '../../../shared/live/operator-messages.ts';
import { type LiveStory, NO_STORY, withEvent } from './live-story.ts';

/** A call that goes on, or did a moment ago. */
export interface LiveCall {
  readonly call: LiveCallView;
  readonly story: LiveStory;
  /** When it was heard that it is over. */
  readonly endedAtMs?: number;
}

/** All that the live page knows. A call that did not change is the same object as before. */
export interface LiveState {
  readonly calls: ReadonlyMap<string, LiveCall>;
  /** Events that came before their call's own view. */
  readonly early: ReadonlyMap<string, LiveStory>;
}

export const NOTHING_LIVE: LiveState = { calls: new Map(), early: new Map() };

/** How long a call that ended is still shown. */
const LINGER_MS = 30_000;

const isOver = ({ status }: LiveCallView): boolean => status === 'completed' || status === 'failed';

/** The state after one more message of the feed. */
export function withMessage(state: LiveState, message: OperatorMessage, nowMs: number): LiveState {
  switch (message.type) {
    case 'call':
      return withCall(state, message.call, nowMs);
    case 'call.event':
      return withEvents(state, message.callId, [message.event], nowMs);
    case 'call.events':
      return withEvents(state, message.callId, message.events, nowMs);
    default:
      return state;
  }
}

function withCall(state: LiveState, call: LiveCallView, nowMs: number): LiveState {
  const known = state.calls.get(call.callId);
  // Who looks later than a call ended has nothing to watch.
  if (known === undefined && isOver(call)) return state;
  // Messages of an ended call that were on their way do not bring it back.
  if (known?.endedAtMs !== undefined) return state;
  const story = known?.story ?? state.early.get(call.callId) ?? NO_STORY;
  const next: LiveCall = {
    call: known === undefined ? call : withKnown(call, known.call),
    story,
    ...(isOver(call) ? { endedAtMs: nowMs } : {}),
  };
  const early = new Map(state.early);
  early.delete(call.callId);
  return { calls: new Map(state.calls).set(call.callId, next), early };
}

/** What a message leaves out has not changed: it says no latency unless an answer was recorded just then. */
const withKnown = (call: LiveCallView, known: LiveCallView): LiveCallView => {
  const { answerLatencyMs = known.answerLatencyMs } = call;
  return { ...call, ...(answerLatencyMs === undefined ? {} : { answerLatencyMs }) };
};

/** Adds what happened in a call. */
function withEvents(state: LiveState, callId: string, events: readonly LiveEvent[], nowMs: number): LiveState {
  const known = state.calls.get(callId);
  const before = known?.story ?? state.early.get(callId) ?? NO_STORY;
  const story = events.reduce(withEvent, before);
  if (known === undefined) {
    return story === before ? state : { ...state, early: new Map(state.early).set(callId, story) };
  }
  const call = events.reduce(withFigures, known.call);
  const ended = events.some(({ kind }) => kind === 'ended') && known.endedAtMs === undefined;
  if (story === before && call === known.call && !ended) return state;
  const next = { ...known, call, story, ...(ended ? { endedAtMs: nowMs } : {}) };
  return { ...state, calls: new Map(state.calls).set(callId, next) };
}

/** What an event says about the whole call. */
function withFigures(call: LiveCallView, event: LiveEvent): LiveCallView {
  switch (event.kind) {
    case 'meter': {
      const { costMicroUsd, answerLatencyMs = call.answerLatencyMs } = event;
      return { ...call, costMicroUsd, ...(answerLatencyMs === undefined ? {} : { answerLatencyMs }) };
    }
    case 'transcript':
      return withTurn(call, event);
    case 'ended':
      return { ...call, status: event.status };
    default:
      return call;
  }
}

const withTurn = (call: LiveCallView, event: Extract<LiveEvent, { readonly kind: 'transcript' }>): LiveCallView => {
  const { role, stage, turn, answerLatencyMs } = event;
  if (answerLatencyMs !== undefined && answerLatencyMs !== call.answerLatencyMs) return { ...call, answerLatencyMs };
  return role === 'user' && stage === 'final' && turn > call.turns ? { ...call, turns: turn } : call;
};

/** Forgets calls that ended a while ago, but for the one that somebody looks at. */
export function withoutOld(state: LiveState, nowMs: number, kept: string | undefined): LiveState {
  const old = [...state.calls].filter(
    ([callId, { endedAtMs }]) => callId !== kept && endedAtMs !== undefined && nowMs - endedAtMs > LINGER_MS,
  );
  if (old.length === 0) return state;
  const calls = new Map(state.calls);
  for (const [callId] of old) calls.delete(callId);
  return { ...state, calls };
}

/** After a lost connection: calls that were found not to go on any more have ended meanwhile. */
export function withoutGone(state: LiveState, callIds: readonly string[], nowMs: number): LiveState {
  const gone = callIds.flatMap((callId) => {
    const known = state.calls.get(callId);
    return known === undefined || known.endedAtMs !== undefined ? [] : [known];
  });
  if (gone.length === 0) return state;
  const calls = new Map(state.calls);
  for (const known of gone) {
    const call = { ...known.call, status: 'completed' } as const;
    calls.set(call.callId, { ...known, call, endedAtMs: nowMs });
  }
  return { ...state, calls };
}

/** Longer than a phone rings, or a ticket waits to be used. */
const BEGINS_WITHIN_MS = 200_000;

/** Calls that should have begun by now: whoever should have written that nothing came of them may be gone. */
export const overdueCalls = ({ calls }: LiveState, nowMs: number): readonly string[] =>
  [...calls.values()].flatMap(({ call: { callId, status, startedAtMs }, endedAtMs }) =>
    endedAtMs === undefined && status !== 'active' && nowMs - startedAtMs > BEGINS_WITHIN_MS ? [callId] : [],
  );

/** Ids in the order they are listed: those that go on first, the newest of them first. */
export const listedCalls = ({ calls }: LiveState): readonly string[] =>
  [...calls.values()]
    .sort(
      (a, b) =>
        Number(a.endedAtMs !== undefined) - Number(b.endedAtMs !== undefined) ||
        b.call.startedAtMs - a.call.startedAtMs,
    )
    .map(({ call }) => call.callId);
