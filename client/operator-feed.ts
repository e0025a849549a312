import type { OperatorMessage } from '../shared/live/operator-messages.ts';
import { type FeedEffect, type FeedInput, type FeedMachine, NEW_FEED, stepFeed } from './feed-machine.ts';
import { isOfTopic, type Remembered, remembering } from './feed-memory.ts';
import type { OratioClient } from './oratio-client.ts';
import { OratioProblem } from './oratio-problem.ts';

/** `live`: messages come as things happen. `connecting`: none come now; what was missed follows. `idle`: nothing is watched. */
export type FeedState = 'idle' | 'connecting' | 'live';

export type OnOperatorMessage = (message: OperatorMessage) => void;

/** A connection over which we tell what happens; mended when it breaks, shared by all who watch. */
export interface OperatorFeed {
  /**
   * Watches topics (`agents`, `calls`, `call:{callId}`, `call:{callId}:audio`) until the returned function is called.
   * `onMessage` is given the present state, `subscribed`, and then whatever happens. Of a call each event comes once and
   * in order, also after a lost connection; after one, the state of `agents` and `calls` comes again, up to `subscribed`.
   */
  readonly watch: (topics: readonly string[], onMessage: OnOperatorMessage) => () => void;
  readonly state: () => FeedState;
  /** Calls `listener` when the state has changed, until the returned function is called. */
  readonly onState: (listener: () => void) => () => void;
  /** Tries to connect at once, as when the network is back. */
  readonly wake: () => void;
  /** For good. */
  readonly close: () => void;
}

/** What a connection tells. */
export interface FeedSocketEvents {
  readonly opened: () => void;
  readonly message: (text: string) => void;
  /** Once, whoever closed it, or when no connection came about. */
  readonly closed: () => void;
}

export interface FeedSocket {
  readonly send: (text: string) => void;
  readonly close: () => void;
}

export interface OperatorFeedOptions {
  readonly client: Pick<OratioClient, 'call'>;
  /** Told why watching was refused for good: signed out, or no right to. */
  readonly onRefused?: (problem: OratioProblem) => void;
  /** For tests. */
  readonly connect?: (url: string, events: FeedSocketEvents) => FeedSocket;
  readonly clock?: FeedClock;
  readonly chance?: () => number;
}

/** Timers, as `setTimeout` has them. */
export interface FeedClock {
  readonly after: (ms: number, work: () => void) => () => void;
}

const REAL_CLOCK: FeedClock = {
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** Less than half of the ten minutes after which API Gateway ends a silent connection; a dead one is seen soon. */
const PING_EVERY_MS = 20_000;

const STATES = {
  idle: 'idle',
  connecting: 'connecting',
  live: 'live',
  waiting: 'connecting',
  refused: 'idle',
  closed: 'idle',
} as const;

/** The feed of whoever the client is signed in as. Connects when something is watched. */
export function operatorFeed(options: OperatorFeedOptions): OperatorFeed {
  const { client, clock = REAL_CLOCK, chance = Math.random, connect = openSocket } = options;
  const sockets = new Map<number, FeedSocket>();
  const timers = new Set<() => void>();
  const watchers = new Set<{ readonly topics: readonly string[]; readonly onMessage: OnOperatorMessage }>();
  const listeners = new Set<() => void>();
  const memory = remembering();
  let machine: FeedMachine = NEW_FEED;

  const dispatch = (input: FeedInput): void => {
    const before = STATES[machine.phase];
    const { state, effects } = stepFeed(machine, input);
    machine = state;
    for (const effect of effects) carryOut(effect);
    if (STATES[machine.phase] !== before) for (const listener of listeners) listener();
  };
  const later = (ms: number, work: () => void): void => {
    const stop = clock.after(ms, () => {
      timers.delete(stop);
      work();
    });
    timers.add(stop);
  };
  const carryOut = (effect: FeedEffect): void => {
    switch (effect.type) {
      case 'dial':
        void dial(effect.connection);
        return;
      case 'send':
        sockets.get(effect.connection)?.send(JSON.stringify(effect.request));
        return;
      case 'hang-up':
        sockets.get(effect.connection)?.close();
        sockets.delete(effect.connection);
        return;
      case 'retry-after':
        later(effect.ms, () => dispatch({ type: 'retry' }));
        return;
      case 'rest-after':
        later(effect.ms, () => dispatch({ type: 'rest' }));
        return;
      case 'fill':
        void fill(effect.callId, effect.after);
        return;
      case 'deliver':
        deliver(effect.message);
        return;
    }
  };
  const deliver = (message: OperatorMessage): void => {
    memory.note(message);
    for (const { topics, onMessage } of watchers) {
      if (topics.some((topic) => isOfTopic(topic, message))) onMessage(message);
    }
  };
  const dial = async (connection: number): Promise<void> => {
    try {
      const { data } = await client.call('createOperatorTicket');
      if (machine.connection === connection) open(connection, data.webSocketUrl);
    } catch (error) {
      const forGood = error instanceof OratioProblem && FINAL.includes(error.status);
      dispatch({ type: 'refused', connection, forGood, chance: chance() });
      if (forGood) options.onRefused?.(error);
    }
  };
  const open = (connection: number, url: string): void => {
    const opened = (): void => {
      memory.forgetTenant();
      dispatch({ type: 'opened', connection });
      later(PING_EVERY_MS, () => ping(connection));
    };
    const message = (text: string): void => {
      const heard = parsed(text);
      if (heard !== undefined) dispatch({ type: 'message', connection, message: heard });
    };
    const closed = (): void => {
      sockets.delete(connection);
      dispatch({ type: 'closed', connection, chance: chance() });
    };
    sockets.set(connection, connect(url, { opened, message, closed }));
  };
  /** Again and again, as long as the connection lasts. */
  const ping = (connection: number): void => {
    if (!sockets.has(connection)) return;
    later(PING_EVERY_MS, () => ping(connection));
    dispatch({ type: 'ping-time', chance: chance() });
  };
  const fill = async (callId: string, after: number): Promise<void> => {
    try {
      const query = after < 0 ? {} : { after };
      const { data } = await client.call('listCallEvents', { path: { callId }, query });
      dispatch({ type: 'filled', callId, events: data.events });
    } catch {
      dispatch({ type: 'fill-failed', callId });
    }
  };

  return {
    watch: (topics, onMessage) => watched({ topics, onMessage }, { watchers, memory, dispatch }),
    state: () => STATES[machine.phase],
    onState: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake: () => dispatch({ type: 'retry' }),
    close: () => {
      dispatch({ type: 'close' });
      for (const stop of timers) stop();
      timers.clear();
      watchers.clear();
    },
  };
}

interface Watcher {
  readonly topics: readonly string[];
  readonly onMessage: OnOperatorMessage;
}

interface Watching {
  readonly watchers: Set<Watcher>;
  readonly memory: Remembered;
  readonly dispatch: (input: FeedInput) => void;
}

/** Who comes to a topic that others watch already is told at once what they know. */
function watched(watcher: Watcher, { watchers, memory, dispatch }: Watching): () => void {
  const isWatched = (topic: string): boolean => [...watchers].some(({ topics }) => topics.includes(topic));
  const known = watcher.topics.filter(isWatched);
  const added = watcher.topics.filter((topic) => !isWatched(topic));
  watchers.add(watcher);
  for (const message of memory.of(known)) watcher.onMessage(message);
  if (added.length > 0) dispatch({ type: 'watch', topics: added });
  return () => {
    if (!watchers.delete(watcher)) return;
    const left = watcher.topics.filter((topic) => !isWatched(topic));
    memory.forget(left);
    if (left.length > 0) dispatch({ type: 'unwatch', topics: left });
  };
}

/** Another attempt with the same token would be answered the same. */
const FINAL: readonly number[] = [401, 403, 404];

function openSocket(url: string, { opened, message, closed }: FeedSocketEvents): FeedSocket {
  const socket = new WebSocket(url);
  socket.addEventListener('open', opened);
  socket.addEventListener('message', ({ data }) => message(String(data)));
  socket.addEventListener('close', closed);
  const send = (text: string): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(text);
  };
  return { send, close: () => socket.close(1000) };
}

/** API Gateway says `{"message": …}` when an integration failed: that is not one of ours. */
function parsed(text: string): OperatorMessage | undefined {
  try {
    const message = JSON.parse(text) as Partial<OperatorMessage>;
    return typeof message.type === 'string' ? (message as OperatorMessage) : undefined;
  } catch {
    return undefined;
  }
}
