import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FeedEffect, type FeedInput, type FeedMachine, NEW_FEED, stepFeed } from '../../client/feed-machine.ts';

const CALL = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const TOPICS = ['agents', 'calls', `call:${CALL}`];

function after(
  inputs: readonly FeedInput[],
  from: FeedMachine = NEW_FEED,
): { state: FeedMachine; effects: FeedEffect[] } {
  const effects: FeedEffect[] = [];
  let state = from;
  for (const input of inputs) {
    const next = stepFeed(state, input);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

const subscribed = (connection: number, topics: string[]): FeedInput => ({
  type: 'message',
  connection,
  message: { type: 'subscribed', topics },
});
const happened = (connection: number, ...seqs: number[]): FeedInput => ({
  type: 'message',
  connection,
  message: {
    type: 'call.events',
    callId: CALL,
    events: seqs.map((seq) => ({ seq, atMs: 0, kind: 'warning', code: 'budget', message: '' })),
  },
});
const toldSeqs = (effects: readonly FeedEffect[]): readonly (number | null)[] =>
  effects.flatMap((effect) => {
    if (effect.type !== 'deliver') return [];
    const { message } = effect;
    if (message.type === 'call.event') return [message.event.seq];
    return message.type === 'call.events' ? message.events.map(({ seq }) => seq) : [];
  });

describe('the feed of an operator', () => {
  it('connects when something is watched, and says what', () => {
    const { effects } = after([
      { type: 'watch', topics: ['agents'] },
      { type: 'opened', connection: 1 },
    ]);
    expect(effects).toEqual([
      { type: 'dial', connection: 1 },
      { type: 'send', connection: 1, request: { type: 'subscribe', topics: ['agents'] } },
    ]);
  });

  it('waits ever longer between attempts, half of it by chance, and watches all of it again', () => {
    const closed = (connection: number, chance: number): FeedInput => ({ type: 'closed', connection, chance });
    const start = after([
      { type: 'watch', topics: TOPICS },
      { type: 'opened', connection: 1 },
    ]);
    const lost = after(
      [closed(1, 0), { type: 'retry' }, closed(2, 0.5), { type: 'retry' }, { type: 'opened', connection: 3 }],
      start.state,
    );
    expect(lost.effects).toEqual([
      { type: 'retry-after', ms: 250 },
      { type: 'dial', connection: 2 },
      { type: 'retry-after', ms: 750 },
      { type: 'dial', connection: 3 },
      { type: 'send', connection: 3, request: { type: 'subscribe', topics: TOPICS } },
    ]);
  });

  it('stops when it is refused for good, until somebody watches again', () => {
    const refused: FeedInput = { type: 'refused', connection: 1, forGood: true, chance: 0 };
    const { state, effects } = after([{ type: 'watch', topics: ['agents'] }, refused]);
    expect({ phase: state.phase, effects }).toEqual({ phase: 'refused', effects: [{ type: 'dial', connection: 1 }] });
    expect(after([{ type: 'watch', topics: ['calls'] }], state).effects).toEqual([{ type: 'dial', connection: 2 }]);
  });

  it('fills what was missed while it was away, and tells nothing twice', () => {
    const before = after([
      { type: 'watch', topics: [`call:${CALL}`] },
      { type: 'opened', connection: 1 },
      happened(1, 0, 1, 2),
      subscribed(1, [`call:${CALL}`]),
      { type: 'closed', connection: 1, chance: 0 },
      { type: 'retry' },
      { type: 'opened', connection: 2 },
    ]);
    const back = after([happened(2, 6), subscribed(2, [`call:${CALL}`])], before.state);
    expect(back.effects).toContainEqual({ type: 'fill', callId: CALL, after: 2 });
    const events = [2, 3, 4, 5, 6].map((seq) => ({
      seq,
      atMs: 0,
      kind: 'warning' as const,
      code: 'budget',
      message: '',
    }));
    const filled = after([{ type: 'filled', callId: CALL, events }], back.state);
    expect({
      before: toldSeqs(before.effects),
      back: toldSeqs(back.effects),
      filled: toldSeqs(filled.effects),
    }).toEqual({
      before: [0, 1, 2],
      back: [],
      filled: [3, 4, 5, 6],
    });
  });

  it('takes a connection that does not answer a ping for lost', () => {
    const live = after([
      { type: 'watch', topics: ['agents'] },
      { type: 'opened', connection: 1 },
    ]).state;
    const ping: FeedInput = { type: 'ping-time', chance: 0 };
    expect(after([ping, ping], live).effects).toEqual([
      { type: 'send', connection: 1, request: { type: 'ping' } },
      { type: 'hang-up', connection: 1 },
      { type: 'retry-after', ms: 250 },
    ]);
    const pong: FeedInput = { type: 'message', connection: 1, message: { type: 'pong' } };
    expect(after([ping, pong, ping], live).effects.map(({ type }) => type)).toEqual(['send', 'send']);
  });

  it('rests a while after nobody watches, and not when somebody came back', () => {
    const live = after([
      { type: 'watch', topics: ['agents'] },
      { type: 'opened', connection: 1 },
    ]).state;
    const left = after([{ type: 'unwatch', topics: ['agents'] }], live);
    expect(left.effects).toEqual([
      { type: 'send', connection: 1, request: { type: 'unsubscribe', topics: ['agents'] } },
      { type: 'rest-after', ms: 10_000 },
    ]);
    expect(after([{ type: 'rest' }], left.state).effects).toEqual([{ type: 'hang-up', connection: 1 }]);
    expect(after([{ type: 'watch', topics: ['calls'] }, { type: 'rest' }], left.state).state.phase).toBe('live');
  });

  it('never has two connections, sends on none but the newest, and is deaf when closed', () => {
    const connection = fc.integer({ min: 0, max: 4 });
    const chance = fc.constant(0.5);
    const topics = fc.subarray(TOPICS);
    const input: fc.Arbitrary<FeedInput> = fc.oneof(
      fc.record({ type: fc.constantFrom('watch' as const, 'unwatch' as const), topics }),
      fc.record({ type: fc.constant('opened' as const), connection }),
      fc.record({ type: fc.constant('refused' as const), connection, forGood: fc.boolean(), chance }),
      fc.record({ type: fc.constant('closed' as const), connection, chance }),
      fc.record({ type: fc.constant('ping-time' as const), chance }),
      fc.constantFrom({ type: 'retry' as const }, { type: 'rest' as const }, { type: 'close' as const }),
      fc.tuple(connection, fc.nat(5)).map(([one, seq]) => happened(one, seq)),
      fc.tuple(connection, topics).map(([one, some]) => subscribed(one, some)),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), (inputs) => {
        let state = NEW_FEED;
        let open = 0;
        for (const one of inputs) {
          const before = state;
          const next = stepFeed(before, one);
          state = next.state;
          if (isLoss(before, one)) open -= 1;
          for (const effect of next.effects) open += opened(effect, state.connection);
          expect([0, 1]).toContain(open);
          expect(before.phase === 'closed' ? next.effects : []).toEqual([]);
          expect(state.phase === 'waiting' && state.topics.length === 0).toBe(false);
        }
      }),
    );
  });
});

/** Whether an input takes the newest connection away. */
const isLoss = ({ phase, connection }: FeedMachine, input: FeedInput): boolean =>
  (phase === 'connecting' || phase === 'live') &&
  (input.type === 'closed' || input.type === 'refused') &&
  input.connection === connection;

/** How many connections more there are after an effect; only the newest is spoken on. */
function opened(effect: FeedEffect, newest: number): number {
  if (effect.type === 'send' || effect.type === 'dial') expect(effect.connection).toBe(newest);
  if (effect.type === 'dial') return 1;
  return effect.type === 'hang-up' ? -1 : 0;
}
