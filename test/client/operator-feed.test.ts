import { describe, expect, it } from 'vitest';
import { type OperatorMessage, OratioProblem, operatorFeed } from '../../client/index.ts';
import type { FeedSocketEvents } from '../../client/operator-feed.ts';

const CALL = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const TOPIC = `call:${CALL}`;

const warning = (seq: number) => ({ seq, atMs: 0, kind: 'warning' as const, code: 'budget', message: `${seq}` });
const events = (...seqs: number[]): OperatorMessage => ({
  type: 'call.events',
  callId: CALL,
  events: seqs.map(warning),
});
const subscribed = (...topics: string[]): OperatorMessage => ({ type: 'subscribed', topics });

/** A feed on sockets and a clock that the test has in hand. */
function scripted(answer: (id: string) => unknown = () => ({ webSocketUrl: 'wss://feed' })) {
  const sockets: { readonly events: FeedSocketEvents; readonly sent: unknown[]; isClosed: boolean }[] = [];
  const timers = new Map<() => void, number>();
  const refused: OratioProblem[] = [];
  const call = (id: string) => {
    const data = answer(id);
    return data instanceof Error
      ? Promise.reject(data)
      : Promise.resolve({ data, status: 200, headers: new Headers() });
  };
  const feed = operatorFeed({
    client: { call: call as never },
    chance: () => 0,
    clock: {
      after: (ms, work) => {
        timers.set(work, ms);
        return () => timers.delete(work);
      },
    },
    connect: (_, on) => {
      const socket = { events: on, sent: [] as unknown[], isClosed: false };
      sockets.push(socket);
      return {
        send: (text) => socket.sent.push(JSON.parse(text)),
        close: () => {
          socket.isClosed = true;
        },
      };
    },
    onRefused: (problem) => refused.push(problem),
  });
  /** Lets the timers of so many milliseconds go off, and what was promised happen. */
  const pass = async (ms: number): Promise<void> => {
    for (const [work, after] of timers) {
      if (after !== ms) continue;
      timers.delete(work);
      work();
    }
    await settled();
  };
  const newest = () => sockets.at(-1) ?? expect.fail('no socket');
  const say = (...messages: OperatorMessage[]): void => {
    for (const message of messages) newest().events.message(JSON.stringify(message));
  };
  const open = async (): Promise<void> => {
    await settled();
    newest().events.opened();
  };
  return { feed, sockets, timers, refused, pass, newest, say, open };
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('an operator’s feed', () => {
  it('tells each watcher what it watches, and its state as it changes', async () => {
    const { feed, open, say, newest } = scripted();
    const states: string[] = [];
    feed.onState(() => states.push(feed.state()));
    const heard: OperatorMessage[] = [];
    feed.watch([TOPIC], (message) => heard.push(message));
    feed.watch(['agents'], () => expect.fail('that is of a call'));
    await open();
    say(events(0, 1));
    newest().events.message('{"message": "Internal server error"}');
    newest().events.message('not JSON');
    expect({ states, heard, sent: newest().sent }).toEqual({
      states: ['connecting', 'live'],
      heard: [events(0, 1)],
      sent: [{ type: 'subscribe', topics: [TOPIC, 'agents'] }],
    });
  });

  it('tells who comes later what the others know already', async () => {
    const { feed, open, say, newest } = scripted();
    feed.watch([TOPIC], () => undefined);
    await open();
    say(events(0, 1), subscribed(TOPIC), events(2));
    const heard: OperatorMessage[] = [];
    feed.watch([TOPIC], (message) => heard.push(message));
    expect({ heard, sent: newest().sent.length }).toEqual({ heard: [events(0, 1, 2), subscribed(TOPIC)], sent: 1 });
  });

  it('mends a lost connection, and reads what was missed', async () => {
    const answers: Record<string, unknown> = {
      createOperatorTicket: { webSocketUrl: 'wss://feed' },
      listCallEvents: { events: [warning(1), warning(2)], next: 2 },
    };
    const { feed, open, say, newest, pass, sockets } = scripted((id) => answers[id]);
    const heard: OperatorMessage[] = [];
    feed.watch([TOPIC], (message) => heard.push(message));
    await open();
    say(events(0), subscribed(TOPIC));
    newest().events.closed();
    await pass(250);
    await open();
    say(events(3), subscribed(TOPIC));
    await settled();
    expect({
      sockets: sockets.length,
      told: heard
        .flatMap((message) => ('events' in message ? message.events : 'event' in message ? [message.event] : []))
        .map(({ seq }) => seq),
    }).toEqual({
      sockets: 2,
      told: [0, 1, 2, 3],
    });
  });

  it('says when it is refused for good, and tries no more', async () => {
    const problem = new OratioProblem({ code: 'unauthenticated', status: 401, title: 'No' });
    const { feed, refused, timers } = scripted(() => problem);
    feed.watch(['agents'], () => undefined);
    await settled();
    expect({ refused, state: feed.state(), timers: timers.size }).toEqual({
      refused: [problem],
      state: 'idle',
      timers: 0,
    });
  });

  it('asks for a sign of life, and takes silence for a loss', async () => {
    const { feed, open, newest, pass } = scripted();
    feed.watch(['agents'], () => undefined);
    await open();
    await pass(20_000);
    expect(newest().sent.at(-1)).toEqual({ type: 'ping' });
    await pass(20_000);
    expect({ isClosed: newest().isClosed, state: feed.state() }).toEqual({ isClosed: true, state: 'connecting' });
  });

  it('leaves when nobody has watched for a while, and for good when it is closed', async () => {
    const { feed, open, newest, pass, timers } = scripted();
    const stop = feed.watch(['agents'], () => undefined);
    await open();
    stop();
    stop();
    await pass(10_000);
    expect({ isClosed: newest().isClosed, state: feed.state() }).toEqual({ isClosed: true, state: 'idle' });
    feed.watch(['agents'], () => undefined);
    await open();
    feed.close();
    expect({ isClosed: newest().isClosed, timers: timers.size }).toEqual({ isClosed: true, timers: 0 });
  });
});
