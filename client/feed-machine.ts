import type { OperatorMessage, OperatorRequest } from '../shared/live/operator-messages.ts';
import { type CallStream, failedFill, gapOf, heardEvents, NEW_STREAM, readyStream } from './call-stream.ts';

type LiveEvent = Extract<OperatorMessage, { type: 'call.event' }>['event'];

/**
 * `idle`: nothing is watched. `waiting`: for the next attempt to connect. `refused`: whoever is signed in may not watch,
 * or is not signed in any more; another `watch` tries again.
 */
export type FeedPhase = 'idle' | 'connecting' | 'live' | 'waiting' | 'refused' | 'closed';

/** All that is known about a feed; changed by `stepFeed` only. */
export interface FeedMachine {
  readonly phase: FeedPhase;
  /** Number of the newest connection; events of earlier ones mean nothing. */
  readonly connection: number;
  readonly topics: readonly string[];
  /** Attempts to connect since a subscription was last answered. */
  readonly attempts: number;
  /** Of each call that is watched, how far its events have been told. */
  readonly streams: ReadonlyMap<string, CallStream>;
  /** Whether anything came since the last ping. */
  readonly isAlive: boolean;
}

export type FeedInput =
  | { readonly type: 'watch'; readonly topics: readonly string[] }
  | { readonly type: 'unwatch'; readonly topics: readonly string[] }
  | { readonly type: 'opened'; readonly connection: number }
  /** No connection came about. `forGood`: another attempt would be refused, too. `chance` is in [0, 1). */
  | { readonly type: 'refused'; readonly connection: number; readonly forGood: boolean; readonly chance: number }
  | { readonly type: 'closed'; readonly connection: number; readonly chance: number }
  | { readonly type: 'message'; readonly connection: number; readonly message: OperatorMessage }
  | { readonly type: 'filled'; readonly callId: string; readonly events: readonly LiveEvent[] }
  | { readonly type: 'fill-failed'; readonly callId: string }
  | { readonly type: 'retry' }
  | { readonly type: 'ping-time'; readonly chance: number }
  | { readonly type: 'rest' }
  | { readonly type: 'close' };

export type FeedEffect =
  /** Buy a ticket and open a socket; then `opened` or `refused`. */
  | { readonly type: 'dial'; readonly connection: number }
  | { readonly type: 'send'; readonly connection: number; readonly request: OperatorRequest }
  | { readonly type: 'hang-up'; readonly connection: number }
  | { readonly type: 'retry-after'; readonly ms: number }
  /** Then `rest`. */
  | { readonly type: 'rest-after'; readonly ms: number }
  /** Read the events of a call after a number (-1: all); then `filled` or `fill-failed`. */
  | { readonly type: 'fill'; readonly callId: string; readonly after: number }
  | { readonly type: 'deliver'; readonly message: OperatorMessage };

export interface FeedStep {
  readonly state: FeedMachine;
  readonly effects: readonly FeedEffect[];
}

export const NEW_FEED: FeedMachine = {
  phase: 'idle',
  connection: 0,
  topics: [],
  attempts: 0,
  streams: new Map(),
  isAlive: true,
};

/** `MAX_TOPICS` of a message. */
const TOPICS_A_MESSAGE = 50;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** Between two pages of a dashboard nothing is watched for a moment. */
const REST_AFTER_MS = 10_000;

/** Pure: what happens next, and what is to be done about it. */
export function stepFeed(state: FeedMachine, input: FeedInput): FeedStep {
  if (state.phase === 'closed') return same(state);
  switch (input.type) {
    case 'watch':
      return watch(state, input.topics);
    case 'unwatch':
      return unwatch(state, input.topics);
    case 'opened':
      return isCurrent(state, input) ? subscribe({ ...state, isAlive: true }, state.topics) : same(state);
    case 'refused':
      if (!isCurrent(state, input)) return same(state);
      return input.forGood ? same({ ...state, phase: 'refused' }) : tryAgain(state, input.chance);
    case 'closed':
      return isCurrent(state, input) ? tryAgain(state, input.chance) : same(state);
    case 'message':
      return isCurrent(state, input) ? heard({ ...state, isAlive: true }, input.message) : same(state);
    case 'filled':
      return filled(state, input.callId, input.events);
    case 'fill-failed':
      return told(state, input.callId, failedFill);
    case 'retry':
      return state.phase === 'waiting' ? dial(state) : same(state);
    case 'ping-time':
      return ping(state, input.chance);
    case 'rest':
      return state.topics.length === 0 && isConnected(state) ? hangUp(state, 'idle') : same(state);
    case 'close':
      return hangUp(state, 'closed');
  }
}

const same = (state: FeedMachine): FeedStep => ({ state, effects: [] });

const isConnected = ({ phase }: FeedMachine): boolean => phase === 'connecting' || phase === 'live';

const isCurrent = (state: FeedMachine, { connection }: { readonly connection: number }): boolean =>
  connection === state.connection && isConnected(state);

const dial = (state: FeedMachine): FeedStep => {
  const connection = state.connection + 1;
  return {
    state: { ...state, phase: 'connecting', connection, attempts: state.attempts + 1 },
    effects: [{ type: 'dial', connection }],
  };
};

const hangUp = (state: FeedMachine, phase: 'idle' | 'closed'): FeedStep => ({
  state: { ...state, phase, attempts: 0, topics: phase === 'closed' ? [] : state.topics },
  effects: isConnected(state) ? [{ type: 'hang-up', connection: state.connection }] : [],
});

/** Half of the wait is chance: else all who lost their connection at once would come back at once. */
function tryAgain(state: FeedMachine, chance: number): FeedStep {
  const longestMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, state.attempts - 1));
  const ms = Math.round((longestMs * (1 + chance)) / 2);
  if (state.topics.length === 0) return same({ ...state, phase: 'idle', attempts: 0 });
  return { state: { ...state, phase: 'waiting' }, effects: [{ type: 'retry-after', ms }] };
}

const callOf = (topic: string): string | undefined => /^call:([^:]+)$/.exec(topic)?.[1];

function watch(state: FeedMachine, topics: readonly string[]): FeedStep {
  const added = topics.filter((topic) => !state.topics.includes(topic));
  const next = { ...state, topics: [...state.topics, ...added] };
  if (state.phase === 'idle' || state.phase === 'refused') return dial({ ...next, attempts: 0 });
  return state.phase === 'live' ? subscribe(next, added) : same(next);
}

function unwatch(state: FeedMachine, topics: readonly string[]): FeedStep {
  const streams = new Map(state.streams);
  for (const topic of topics) streams.delete(callOf(topic) ?? '');
  const left = state.topics.filter((topic) => !topics.includes(topic));
  const next = { ...state, topics: left, streams };
  const rest: FeedEffect[] = left.length === 0 ? [{ type: 'rest-after', ms: REST_AFTER_MS }] : [];
  const gone = topics.filter((topic) => state.topics.includes(topic));
  return { state: next, effects: [...(state.phase === 'live' ? requests(next, 'unsubscribe', gone) : []), ...rest] };
}

/** From here on the state of the topics comes, then `subscribed`: until then a hole may still be filled by itself. */
function subscribe(state: FeedMachine, topics: readonly string[]): FeedStep {
  const streams = new Map(state.streams);
  for (const callId of topics.flatMap((topic) => callOf(topic) ?? [])) {
    streams.set(callId, { ...(streams.get(callId) ?? NEW_STREAM), isReady: false });
  }
  const next = { ...state, phase: 'live' as const, streams };
  return { state: next, effects: requests(next, 'subscribe', topics) };
}

const requests = (
  { connection }: FeedMachine,
  type: 'subscribe' | 'unsubscribe',
  topics: readonly string[],
): readonly FeedEffect[] =>
  Array.from({ length: Math.ceil(topics.length / TOPICS_A_MESSAGE) }, (_, index) => ({
    type: 'send',
    connection,
    request: { type, topics: topics.slice(index * TOPICS_A_MESSAGE, (index + 1) * TOPICS_A_MESSAGE) },
  }));

function heard(state: FeedMachine, message: OperatorMessage): FeedStep {
  switch (message.type) {
    case 'call.event':
      return told(state, message.callId, (stream) => heardEvents(stream, [message.event]));
    case 'call.events':
      return told(state, message.callId, (stream) => heardEvents(stream, message.events));
    case 'subscribed':
      return subscribed(state, message);
    case 'pong':
      return same(state);
    default:
      return { state, effects: [{ type: 'deliver', message }] };
  }
}

/** The state of all that is watched is here: what is still missing of a call has to be asked for. */
function subscribed(state: FeedMachine, message: Extract<OperatorMessage, { readonly type: 'subscribed' }>): FeedStep {
  let next: FeedMachine = { ...state, attempts: 0 };
  const effects: FeedEffect[] = [{ type: 'deliver', message }];
  for (const callId of message.topics.flatMap((topic) => callOf(topic) ?? [])) {
    const one = told(next, callId, (stream) => ({ stream: readyStream(stream), events: [] }));
    next = one.state;
    effects.unshift(...one.effects);
  }
  return { state: next, effects };
}

const filled = (state: FeedMachine, callId: string, events: readonly LiveEvent[]): FeedStep =>
  told(state, callId, (stream) => {
    const after = heardEvents({ ...stream, isFilling: false }, events);
    // Nothing came that closes the hole: it never will.
    return after.stream.last > stream.last ? after : failedFill(after.stream);
  });

type Telling = (stream: CallStream) => { readonly stream: CallStream; readonly events: readonly LiveEvent[] };

/** Tells what has become known of a call, and asks for what is missing. A call that nobody watches any more is nothing. */
function told(state: FeedMachine, callId: string, tell: Telling): FeedStep {
  const before = state.streams.get(callId);
  if (before === undefined) return same(state);
  const { stream, events } = tell(before);
  const gap = gapOf(stream);
  const streams = new Map(state.streams).set(callId, { ...stream, isFilling: stream.isFilling || gap !== undefined });
  return {
    state: { ...state, streams },
    effects: [
      ...delivery(callId, events),
      ...(gap === undefined ? [] : [{ type: 'fill' as const, callId, after: gap }]),
    ],
  };
}

function delivery(callId: string, events: readonly LiveEvent[]): readonly FeedEffect[] {
  const [event] = events;
  if (event === undefined) return [];
  const message: OperatorMessage =
    events.length === 1 ? { type: 'call.event', callId, event } : { type: 'call.events', callId, events: [...events] };
  return [{ type: 'deliver', message }];
}

/** The other side answers a ping at once: one that stayed silent since the last is gone, whatever the socket says. */
function ping(state: FeedMachine, chance: number): FeedStep {
  const { connection, phase } = state;
  if (phase !== 'live') return same(state);
  if (state.isAlive) {
    return { state: { ...state, isAlive: false }, effects: [{ type: 'send', connection, request: { type: 'ping' } }] };
  }
  const again = tryAgain(state, chance);
  return { state: again.state, effects: [{ type: 'hang-up', connection }, ...again.effects] };
}
