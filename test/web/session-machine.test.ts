import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';
import {
  IDLE,
  isOver,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  step,
} from '../../web/voice/session-machine.ts';

const CALL_ID = '019ab3c4-0000-7000-8000-000000000001';
const OTHER_AGENT = '019ab3c4-0000-7000-8000-0000000000b2';
const ready = (epoch = 1): ServerMessage => ({
  type: 'session.ready',
  callId: CALL_ID,
  resumeToken: 'token',
  epoch,
  engine: 'nova-sonic',
  voice: 'tiffany',
  language: 'en-US',
  outputSampleRateHertz: 24_000,
  agentName: 'A',
});
const audio = (seq: number, epoch = 1): ServerMessage => ({ type: 'audio', epoch, seq, turn: 0, audio: 'AAAA' });

/** Plays events one after the other; the effects of the last one, and the state after it. */
function after(...events: readonly SessionEvent[]): { state: SessionState; effects: readonly SessionEffect[] } {
  let state = IDLE;
  let effects: readonly SessionEffect[] = [];
  for (const event of events) ({ state, effects } = step(state, event));
  return { state, effects };
}

const message = (text: ServerMessage, connection = 1): SessionEvent => ({ type: 'message', connection, message: text });
const LIVE: readonly SessionEvent[] = [
  { type: 'start', route: 'direct' },
  { type: 'opened', connection: 1 },
  message(ready()),
];
const RESUME = { type: 'session.resume', callId: CALL_ID, resumeToken: 'token', lastPlayedSeq: -1 };

describe('a call from the browser', () => {
  test('dials, says what it sends, and is live once the other side is ready', () => {
    expect(after({ type: 'start', route: 'direct' }).effects).toEqual([
      { type: 'dial', connection: 1, route: 'direct' },
    ]);
    expect(after(...LIVE.slice(0, 2)).effects).toEqual([
      {
        type: 'send',
        connection: 1,
        message: {
          type: 'session.start',
          inputSampleRateHertz: 16_000,
          outputSampleRateHertz: 24_000,
          recordingConsent: false,
        },
      },
    ]);
    expect(after(...LIVE).state).toMatchObject({ phase: 'live', callId: CALL_ID, epoch: 1, attempts: 0 });
  });

  test.each<[string, SessionEvent]>([
    ['is refused', { type: 'refused', connection: 1, problem: { status: 503, code: 'agent-unavailable', detail: '' } }],
    [
      'is not offered',
      { type: 'refused', connection: 1, problem: { status: 409, code: 'direct-not-offered', detail: '' } },
    ],
    ['cannot be reached', { type: 'refused', connection: 1, problem: undefined }],
  ])('takes the relay when the direct path %s', (_how, event) => {
    const { state, effects } = after({ type: 'start', route: 'direct' }, event);
    expect([state.phase, effects]).toEqual(['connecting', [{ type: 'dial', connection: 2, route: 'relay' }]]);
  });

  test('tries no other way when the key is wrong or all lines are busy', () => {
    const ends = [
      { status: 401, code: 'unauthenticated', detail: '' },
      { status: 429, code: 'lines-busy', detail: '' },
    ].map((problem) => after({ type: 'start', route: 'direct' }, { type: 'refused', connection: 1, problem }));
    expect(
      ends.map(({ state, effects }) => [state.phase, state.advice?.code, effects.map(({ type }) => type)]),
    ).toEqual([
      ['failed', 'unauthenticated', ['hang-up', 'rest']],
      ['failed', 'lines-busy', ['hang-up', 'rest']],
    ]);
  });

  test('numbers what it sends without gaps, and sends nothing while there is no connection', () => {
    const say: SessionEvent = { type: 'audio', audio: 'AAAA' };
    const lost: SessionEvent = { type: 'closed', connection: 1, code: 1006 };
    const { state, effects } = after(
      ...LIVE,
      say,
      say,
      lost,
      say,
      { type: 'retry' },
      { type: 'opened', connection: 2 },
      say,
    );
    expect([effects, state.nextSeq]).toEqual([
      [{ type: 'send', connection: 2, message: { type: 'audio', seq: 2, audio: 'AAAA' } }],
      3,
    ]);
  });

  test('goes on over a new connection when the old one broke, and tells how far it has played', () => {
    const played: SessionEvent = { type: 'played', epoch: 1, turn: 0, playedMs: 100, lastPlayedSeq: 4 };
    const lost: SessionEvent = { type: 'closed', connection: 1, code: 1006 };
    expect(after(...LIVE, played, lost).effects).toEqual([{ type: 'retry-after', ms: 300 }]);
    expect(after(...LIVE, played, lost, { type: 'retry' }, { type: 'opened', connection: 2 }).effects).toEqual([
      { type: 'send', connection: 2, message: { ...RESUME, lastPlayedSeq: 4 } },
    ]);
  });

  test('looks for the call over the relay when the process that had it is gone', () => {
    const { effects } = after(...LIVE, { type: 'closed', connection: 1, code: 4409 }, { type: 'retry' });
    expect(effects).toEqual([{ type: 'dial', connection: 2, route: 'relay' }]);
  });

  test('renews its connection before the old one ends, without a gap', () => {
    const warning: ServerMessage = {
      type: 'warning',
      epoch: 1,
      code: 'connection-renewal',
      message: 'm',
      withinSeconds: 60,
    };
    const renewing = after(...LIVE, message(warning));
    const during = after(...LIVE, message(warning), { type: 'audio', audio: 'AAAA' });
    const done = after(...LIVE, message(warning), { type: 'opened', connection: 2 });
    expect([renewing.effects, renewing.state.phase, during.effects, done.effects]).toEqual([
      [{ type: 'dial', connection: 2, route: 'direct' }],
      'live',
      [{ type: 'send', connection: 1, message: { type: 'audio', seq: 0, audio: 'AAAA' } }],
      [
        { type: 'send', connection: 2, message: RESUME },
        { type: 'hang-up', connection: 1 },
      ],
    ]);
  });

  test('ignores an owner that was replaced, and audio that it has', () => {
    const plays = [
      after(...LIVE, message(audio(0))),
      after(...LIVE, message(audio(3)), message(audio(3))),
      after(...LIVE, message(ready(2)), message(audio(9, 1))),
      after(...LIVE, message(audio(9)), message(ready(2)), message(audio(4, 2))),
    ];
    expect(plays.map(({ effects }) => effects.length)).toEqual([1, 0, 0, 1]);
  });

  test('says goodbye, and does not wait for ever for an answer', () => {
    expect(after(...LIVE, { type: 'end' }).effects.map(({ type }) => type)).toEqual(['flush', 'send', 'give-up-after']);
    const over: ServerMessage = { type: 'session.ended', epoch: 1, reason: 'client-ended', callId: CALL_ID };
    expect([
      after(...LIVE, { type: 'end' }, message(over)).state.phase,
      after(...LIVE, { type: 'end' }, { type: 'gave-up-waiting' }).state.phase,
    ]).toEqual(['ended', 'ended']);
  });

  test('asks for another agent until it is told what became of it, also of an owner that did not hear the wish', () => {
    const wish: SessionEvent = { type: 'switch-agent', agentId: OTHER_AGENT };
    const asked = { type: 'session.switchAgent', agentId: OTHER_AGENT };
    const switched: ServerMessage = {
      type: 'session.agentSwitched',
      epoch: 1,
      agentId: OTHER_AGENT,
      agentName: 'B',
      engine: 'nova-sonic',
      voice: 'matthew',
      language: 'en-US',
    };
    const refused: ServerMessage = {
      type: 'problem',
      code: 'agent-not-found',
      title: 't',
      detail: 'd',
      retryable: false,
      errors: [{ pointer: '/agentId', message: 'd' }],
    };
    const agents = ({ state }: ReturnType<typeof after>) => [state.wantedAgentId, state.switchedAgentId, state.phase];
    expect({
      wished: after(...LIVE, wish).effects,
      again: after(...LIVE, wish, message(ready(2))).effects,
      before: after(wish).effects,
      waits: agents(after(...LIVE, wish)),
      switched: agents(after(...LIVE, wish, message(switched))),
      refused: agents(after(...LIVE, wish, message(refused))),
    }).toEqual({
      wished: [{ type: 'send', connection: 1, message: asked }],
      again: [{ type: 'send', connection: 1, message: asked }],
      before: [],
      waits: [OTHER_AGENT, undefined, 'live'],
      switched: [undefined, OTHER_AGENT, 'live'],
      refused: [undefined, undefined, 'live'],
    });
  });

  test('gives up after a minute of trying', () => {
    let { state } = after(...LIVE, { type: 'closed', connection: 1, code: 1006 });
    let waitedMs = 0;
    while (state.phase === 'reconnecting') {
      ({ state } = step(state, { type: 'retry' }));
      const refused: SessionEvent = { type: 'refused', connection: state.connection, problem: undefined };
      let next = step(state, refused);
      if (next.effects[0]?.type === 'dial') next = step(next.state, { ...refused, connection: next.state.connection });
      state = next.state;
      waitedMs += next.effects.reduce((sum, effect) => sum + (effect.type === 'retry-after' ? effect.ms : 0), 0);
    }
    expect([state.phase, state.advice?.code, waitedMs > 20_000 && waitedMs <= 60_000]).toEqual([
      'failed',
      'network',
      true,
    ]);
  });
});

test('whatever happens: numbers never repeat, nothing is sent or played after the end, nothing old is played', () => {
  const connection = fc.integer({ min: 1, max: 4 });
  const epoch = fc.integer({ min: 1, max: 3 });
  const said: fc.Arbitrary<ServerMessage> = fc.oneof(
    epoch.map(ready),
    fc.tuple(fc.nat(20), epoch).map(([seq, of]) => audio(seq, of)),
    epoch.map((of) => ({ type: 'interrupted' as const, epoch: of, turn: 0 })),
    epoch.map((of) => ({ type: 'session.ended' as const, epoch: of, reason: 'idle' as const, callId: CALL_ID })),
    epoch.map((of) => ({ type: 'warning' as const, epoch: of, code: 'connection-renewal' as const, message: 'm' })),
  );
  const event: fc.Arbitrary<SessionEvent> = fc.oneof(
    fc.constant<SessionEvent>({ type: 'start', route: 'direct' }),
    connection.map((of): SessionEvent => ({ type: 'opened', connection: of })),
    connection.map((of): SessionEvent => ({ type: 'refused', connection: of, problem: undefined })),
    fc
      .tuple(connection, fc.constantFrom(1000, 1006, 4401, 4409))
      .map(([of, code]): SessionEvent => ({ type: 'closed', connection: of, code })),
    fc.tuple(connection, said).map(([of, text]): SessionEvent => message(text, of)),
    fc.constantFrom<SessionEvent>(
      { type: 'audio', audio: 'AAAA' },
      { type: 'text', text: 'x' },
      { type: 'retry' },
      { type: 'end' },
      { type: 'gave-up-waiting' },
    ),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let state = IDLE;
      const numbers: number[] = [];
      for (const one of events) {
        const next = step(state, one);
        if (one.type === 'start' && isOver(state.phase)) numbers.length = 0;
        numbers.push(...next.effects.flatMap(numberOf));
        expect(next.effects.filter((effect) => isStray(effect, next.state))).toEqual([]);
        state = next.state;
      }
      expect(numbers).toEqual(numbers.map((_, index) => index));
    }),
    { numRuns: 500 },
  );
});

const numberOf = (effect: SessionEffect): number[] =>
  effect.type === 'send' && effect.message.type === 'audio' ? [effect.message.seq] : [];

/** What must not happen in this state. */
const isStray = (effect: SessionEffect, state: SessionState): boolean =>
  isOver(state.phase)
    ? effect.type !== 'hang-up' && effect.type !== 'rest'
    : effect.type === 'play' && effect.frame.epoch !== state.epoch;
