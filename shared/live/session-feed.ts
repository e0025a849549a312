import type { AudioFormat } from '../../audio/format.ts';
import type { SessionClock } from '../voice/session/clock.ts';
import type { OutboundMessage } from '../voice/session/transport.ts';
import type { Passing } from './call-feed.ts';
import { type ListenIn, listenIn } from './listen-in.ts';
import { LISTEN_SAMPLE_RATE_HERTZ } from './live-limits.ts';
import type { LiveEvent } from './live-views.ts';
import { audioTopic, callTopic } from './topics.ts';
import type { Watcher } from './watches.ts';

/** What the owner of a call says, as far as it is no sound. */
export type SaidMessage = Exclude<OutboundMessage, { readonly type: 'audio' }>;

/**
 * Lets people follow a call while it passes: words that may still change, tools that begin, the meter, and both voices.
 * What is on record they hear from whoever keeps the record. Costs nothing while nobody watches; never throws, and
 * nobody waits for it.
 */
export interface SessionFeed {
  /** Who watches now. */
  readonly watched: (watchers: readonly Watcher[]) => void;
  readonly said: (message: SaidMessage) => void;
  readonly caller: (audio: Uint8Array) => void;
  /** In bursts, to be laid end to end from now on. */
  readonly agent: (audio: Uint8Array) => void;
  /** The caller cut the agent off. */
  readonly cut: () => void;
  readonly close: () => void;
}

export interface SessionFeedOptions {
  readonly callId: string;
  /** Brings this to whoever watches. May take its time and may fail: what comes meanwhile waits, and goes together. */
  readonly deliver: (passing: readonly Passing[], watchers: readonly Watcher[]) => Promise<void>;
  readonly clock: SessionClock;
  readonly caller: AudioFormat;
  readonly agent: AudioFormat;
  /** How much sound goes into a message, in milliseconds. */
  readonly batchMs: number;
}

/** What waits while a delivery is under way; beyond it the oldest is dropped, which gaps in `seq` of sound tell. */
const MAX_WAITING = 60;

export const sessionFeed = (options: SessionFeedOptions): SessionFeed => {
  const { callId, clock, deliver } = options;
  const over = new AbortController();
  let watchers: readonly Watcher[] = [];
  let waiting: Passing[] = [];
  let isDelivering = false;
  let ears: ListenIn | undefined;
  let seq = 0;

  const isWatched = (topic: string): boolean => watchers.some(({ topics }) => topics.some((one) => one === topic));
  const run = async (): Promise<void> => {
    while (waiting.length > 0 && !over.signal.aborted) {
      const batch = waiting;
      waiting = [];
      await deliver(batch, watchers).catch(() => undefined);
    }
    isDelivering = false;
  };
  const pass = (passing: readonly Passing[]): void => {
    waiting = [...waiting, ...passing].slice(-MAX_WAITING);
    if (isDelivering) return;
    isDelivering = true;
    void run();
  };
  /** One loop at most: it ends with the last listener, and the next one begins another. */
  const listen = async (mine: ListenIn): Promise<void> => {
    while (ears === mine && !over.signal.aborted) {
      await clock.sleep(options.batchMs, over.signal);
      if (ears === mine) pass(mine.take(clock.now()).map(({ role, audio }) => soundOf(seq++, role, audio)));
    }
  };
  const openEars = (): void => {
    ears = listenIn(options.caller, options.agent);
    listen(ears).catch(() => undefined);
  };
  return {
    watched: (now) => {
      watchers = now;
      if (!isWatched(audioTopic(callId))) ears = undefined;
      else if (ears === undefined && !over.signal.aborted) openEars();
    },
    said: (message) => {
      if (watchers.length === 0 || over.signal.aborted || !isWatched(callTopic(callId))) return;
      const event = passingEvent(message, clock.now());
      if (event !== undefined) pass([{ type: 'call.event', event }]);
    },
    caller: (audio) => ears?.caller(audio),
    agent: (audio) => ears?.agent(audio, clock.now()),
    cut: () => ears?.cut(),
    close: () => {
      ears = undefined;
      over.abort(new Error('The session is over.'));
    },
  };
};

const soundOf = (seq: number, role: 'caller' | 'agent', audio: Uint8Array): Passing => ({
  type: 'call.audio',
  seq,
  role,
  sampleRateHertz: LISTEN_SAMPLE_RATE_HERTZ,
  audio: Buffer.from(audio).toString('base64'),
});

/**
 * What a message to the caller tells whoever watches; undefined for what they hear when it is on record. The final text
 * of an answer passes, too: on record is what was really played of it, which is known later.
 */
const passingEvent = (message: SaidMessage, atMs: number): LiveEvent | undefined => {
  const at = { seq: null, atMs };
  if (message.type === 'meter') {
    const { costMicroUsd, answerLatencyMs, elapsedSeconds } = message;
    const latency = answerLatencyMs === undefined ? {} : { answerLatencyMs };
    return { ...at, kind: 'meter', costMicroUsd, elapsedSeconds, ...latency };
  }
  if (message.type === 'tool' && message.status === 'started') {
    const { turn, toolUseId, name } = message;
    return { ...at, kind: 'tool', turn, toolUseId, name, status: 'started' };
  }
  if (message.type !== 'transcript' || (message.role === 'user' && message.stage === 'final')) return undefined;
  const { turn, role, text } = message;
  return { ...at, kind: 'transcript', turn, role, stage: 'speculative', text };
};
