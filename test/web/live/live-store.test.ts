import { describe, expect, test } from 'vitest';
import { liveStore } from '../../../web/dashboard/live/live-store.ts';
import { CALL_ID, liveCall, STARTED_AT_MS, said } from './support.ts';

function setup() {
  let nowMs = STARTED_AT_MS;
  const frames: (() => void)[] = [];
  let told = 0;
  const store = liveStore({ nowMs: () => nowMs, beforePaint: (work) => frames.push(work) });
  store.subscribe(() => {
    told += 1;
  });
  return {
    store,
    paint: () => {
      for (const work of frames.splice(0)) work();
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    told: () => told,
    waiting: () => frames.length,
  };
}

const other = '0192f4d4-0000-7000-8000-000000000002';
const event = (fields: Parameters<typeof said>[0], callId = CALL_ID) =>
  ({ type: 'call.event', callId, event: said(fields) }) as const;

describe('the calls of the live page', () => {
  test('a hundred messages between two frames are one change, and only for the call they are about', () => {
    const { store, paint, told, waiting } = setup();
    store.receive({ type: 'call', call: liveCall() });
    store.receive({ type: 'call', call: liveCall({ callId: other }) });
    paint();
    const [before, ids] = [store.call(other), store.callIds()];
    for (let index = 0; index < 100; index += 1) store.receive(event({ text: `word ${index}` }));
    expect([told(), waiting()]).toEqual([1, 1]);
    paint();
    expect(told()).toBe(2);
    expect(store.call(CALL_ID)?.story.lines.map(({ text }) => text)).toEqual(['word 99']);
    expect(store.call(other)).toBe(before);
    expect(store.callIds()).toBe(ids);
  });

  test('words that come before their call are kept for it, the meter and turns are read from events', () => {
    const { store, paint } = setup();
    store.receive(event({ seq: 3, turn: 2, text: 'Early' }));
    store.receive({ type: 'call', call: liveCall() });
    store.receive(event({ seq: 4, turn: 3, text: 'More' }));
    store.receive({
      type: 'call.event',
      callId: CALL_ID,
      event: {
        kind: 'meter',
        seq: null,
        atMs: STARTED_AT_MS,
        costMicroUsd: 900,
        answerLatencyMs: 640,
        elapsedSeconds: 4,
      },
    });
    paint();
    const live = store.call(CALL_ID);
    expect(live?.story.lines.map(({ text }) => text)).toEqual(['Early', 'More']);
    expect(live?.call).toEqual(liveCall({ turns: 3, costMicroUsd: 900, answerLatencyMs: 640 }));
  });

  test('a call that ended stays for a while, behind those that go on, and late messages do not bring it back', () => {
    const { store, paint, pass } = setup();
    store.receive({ type: 'call', call: liveCall({ startedAtMs: STARTED_AT_MS + 5000 }) });
    store.receive({ type: 'call', call: liveCall({ callId: other }) });
    store.receive({ type: 'call', call: liveCall({ status: 'completed' }) });
    store.receive({ type: 'call', call: liveCall({ status: 'active' }) });
    paint();
    expect(store.callIds()).toEqual([other, CALL_ID]);
    expect(store.call(CALL_ID)?.call.status).toBe('completed');
    pass(30_001);
    store.forgetOld(CALL_ID);
    paint();
    expect(store.callIds()).toEqual([other, CALL_ID]);
    store.forgetOld(undefined);
    paint();
    expect(store.callIds()).toEqual([other]);
  });

  test('a call that was over before it was seen is not listed', () => {
    const { store, paint } = setup();
    store.receive({ type: 'call', call: liveCall({ status: 'failed' }) });
    paint();
    expect(store.callIds()).toEqual([]);
  });

  test('after a lost connection, what does not go on any more has ended', () => {
    const { store, paint } = setup();
    store.receive({ type: 'call', call: liveCall() });
    store.receive({ type: 'call', call: liveCall({ callId: other }) });
    store.endedMeanwhile([CALL_ID, 'never seen']);
    paint();
    expect([CALL_ID, other].map((callId) => store.call(callId)?.call.status)).toEqual(['completed', 'active']);
  });

  test('a page that is not painted does not gather messages without bound', () => {
    const { store } = setup();
    store.receive({ type: 'call', call: liveCall() });
    for (let index = 1; index < 2000; index += 1) store.receive(event({ text: `word ${index}` }));
    expect(store.call(CALL_ID)?.story.lines.map(({ text }) => text)).toEqual(['word 1999']);
  });

  test('how long an answer was waited for is known with its words, and stays when a message does not tell', () => {
    const { store, paint } = setup();
    store.receive({ type: 'call', call: liveCall() });
    store.receive(event({ seq: 0, role: 'assistant', text: '100 nights.', answerLatencyMs: 720 }));
    store.receive({ type: 'call', call: liveCall({ turns: 1, costMicroUsd: 9 }) });
    paint();
    expect(store.call(CALL_ID)).toMatchObject({
      call: { answerLatencyMs: 720, turns: 1, costMicroUsd: 9 },
      story: { lines: [{ title: 'Agent, after 720 ms', text: '100 nights.' }] },
    });
  });

  test('a call that should have begun by now is looked after; one that goes on, or is over, is not', () => {
    const { store, paint, pass } = setup();
    store.receive({ type: 'call', call: liveCall({ status: 'ringing' }) });
    store.receive({ type: 'call', call: liveCall({ callId: other }) });
    paint();
    const early = store.overdue();
    pass(201_000);
    const late = store.overdue();
    store.endedMeanwhile(late);
    paint();
    expect({ early, late, after: store.overdue() }).toEqual({ early: [], late: [CALL_ID], after: [] });
  });
});
