import type { Call, CallEntry } from '../calls/call.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { ControlStore } from '../control/control-store.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { VoiceSession } from '../voice/stores/voice-session.ts';
import type { FanOut } from './fan-out.ts';
import { latencyIn, liveCallView } from './live-call-view.ts';
import { liveEventOf } from './live-event.ts';
import type { LiveEvent } from './live-views.ts';
import type { OperatorMessage } from './operator-messages.ts';
import { audioTopic, callTopic } from './topics.ts';
import type { Watcher, Watches } from './watches.ts';

/** What the feed needs to know of a call. Whoever has the agent's name at hand gives it. */
export type FedCall = Pick<VoiceSession, 'callId' | 'userId'> & Partial<Pick<VoiceSession, 'agentName'>>;

export interface CallFeedDeps {
  readonly watches: Pick<Watches, 'ofCall' | 'forget'>;
  readonly calls: Pick<CallStore, 'find'>;
  /** Who has a call in hand. */
  readonly control: Pick<ControlStore, 'controller'>;
  /** The name of a call's agent, for whoever does not have it at hand; undefined where there is none. */
  readonly agentName: (call: Pick<Call, 'userId' | 'agentId'>) => Promise<string | undefined>;
  readonly fanOut: FanOut;
  readonly clock: Clock;
  readonly log: Log;
}

/** What passes in a call and is stored nowhere. */
export type Passing =
  | { readonly type: 'call.event'; readonly event: LiveEvent }
  | Omit<Extract<OperatorMessage, { type: 'call.audio' }>, 'callId'>;

/**
 * Tells operators of calls. Each method looks who watches first, and costs that look alone when nobody does; none
 * throws, whatever fails: the call is worth more than its audience. They resolve when messages are queued.
 */
export interface CallFeed {
  /** After a write: the call's row is another, or whose hand the call is in. */
  readonly changed: (call: FedCall) => Promise<void>;
  /** The same, and these entries are on record now. */
  readonly recorded: (call: FedCall, entries: readonly CallEntry[]) => Promise<void>;
  /** After the last write. */
  readonly ended: (call: FedCall, entries: readonly CallEntry[], end: CallEnd) => Promise<void>;
  /** What passes, to whoever watches. */
  readonly passed: (call: FedCall, passing: readonly Passing[], watchers?: readonly Watcher[]) => Promise<void>;
}

export interface CallEnd {
  readonly status: 'completed' | 'failed';
  readonly reason: NonNullable<Call['endReason']>;
  /** Number of the event: that of the entry that would follow the last. */
  readonly seq: number;
  readonly atMs: number;
}

export const callFeed = (deps: CallFeedDeps): CallFeed => {
  const { watches, calls, control, fanOut, clock, log } = deps;
  const told = async (call: FedCall, tell: (watchers: readonly Watcher[]) => Promise<void>): Promise<void> => {
    try {
      const watchers = await watches.ofCall(call);
      if (watchers.length > 0) await tell(watchers);
    } catch (error) {
      log('live.call.not-told', { callId: call.callId }, error);
    }
  };
  const send = ({ userId }: FedCall, { connectionId, topics }: Watcher, message: OperatorMessage): void =>
    fanOut.send(connectionId, message, () => watches.forget({ connectionId, userId }, topics));
  const events = (watchers: readonly Watcher[], call: FedCall, happened: readonly LiveEvent[]): void => {
    const { callId } = call;
    for (const watcher of watchers) {
      if (!watcher.topics.includes(callTopic(callId))) continue;
      for (const event of happened) send(call, watcher, { type: 'call.event', callId, event });
    }
  };
  /** As its row says now. */
  const summary = async (watchers: readonly Watcher[], fed: FedCall, entries: readonly CallEntry[]): Promise<void> => {
    const topics = ['calls', callTopic(fed.callId)] as const;
    const interested = watchers.filter((watcher) => topics.some((topic) => watcher.topics.includes(topic)));
    if (interested.length === 0) return;
    const [call, controller] = await Promise.all([calls.find(fed), control.controller(fed.callId)]);
    if (call === undefined) return;
    const agentName = fed.agentName ?? (await deps.agentName(call)) ?? '';
    const facts = { agentName, answerLatencyMs: latencyIn(entries), controller };
    const message = { type: 'call' as const, call: liveCallView(call, facts, clock.now()) };
    for (const watcher of interested) send(fed, watcher, message);
  };
  const pass = (call: FedCall, watchers: readonly Watcher[], passing: readonly Passing[]): void => {
    for (const watcher of watchers) {
      for (const one of passing) {
        const topic = one.type === 'call.event' ? callTopic(call.callId) : audioTopic(call.callId);
        if (watcher.topics.includes(topic)) send(call, watcher, { ...one, callId: call.callId });
      }
    }
  };
  return {
    changed: (call) => told(call, (watchers) => summary(watchers, call, [])),
    recorded: (call, entries) =>
      told(call, async (watchers) => {
        events(watchers, call, entries.map(liveEventOf));
        await summary(watchers, call, entries);
      }),
    ended: (call, entries, end) =>
      told(call, async (watchers) => {
        events(watchers, call, [...entries.map(liveEventOf), endedEvent(end)]);
        await summary(watchers, call, entries);
      }),
    passed: async (call, passing, known) => {
      if (known !== undefined) pass(call, known, passing);
      else await told(call, async (watchers) => pass(call, watchers, passing));
    },
  };
};

/** The last thing that happens in a call. */
export const endedEvent = ({ status, reason, seq, atMs }: CallEnd): LiveEvent => ({
  seq,
  atMs,
  kind: 'ended',
  status,
  reason,
});
