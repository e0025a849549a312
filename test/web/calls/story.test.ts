import { expect, test } from 'vitest';
import type { CallRecord } from '../../../web/dashboard/calls/call-types.ts';
import { lengthOf, storyOf } from '../../../web/dashboard/calls/story.ts';
import { callOf, turnOf } from './support.ts';

const told = (call: CallRecord): string[] =>
  storyOf(call).map(
    ({ lane, kind, fromMs, toMs, title, text }) => `${fromMs}-${toMs} ${lane} ${kind} ${title}: ${text}`,
  );

const tool = (fields: Partial<CallRecord['tools'][number]>): CallRecord['tools'][number] => ({
  turn: 1,
  toolUseId: 'one',
  name: 'askAgent',
  status: 'success',
  durationMs: 300,
  clauseIds: [],
  atMs: 0,
  ...fields,
});

test('a call is told in the order of what happened, the caller until the answer’s latency began', () => {
  const call = callOf({
    transcript: [
      turnOf({ turn: 0, role: 'assistant', text: 'Welcome.', startMs: 1000, playedMs: 1500 }),
      turnOf({ text: 'How long can I return it?', startMs: 6200 }),
      turnOf({
        role: 'assistant',
        text: '100 nights',
        startMs: 7000,
        playedMs: 900,
        answerLatencyMs: 1000,
        interrupted: true,
      }),
    ],
    tools: [tool({ atMs: 6600 }), tool({ toolUseId: 'two', status: 'timeout', durationMs: 2500, atMs: 12_000 })],
    timeline: [
      { seq: 1, atMs: 6200, kind: 'turn', turn: 1, detail: 'The caller spoke' },
      { seq: 4, atMs: 7900, kind: 'interruption', turn: 1, detail: 'The caller interrupted' },
      { seq: 5, atMs: 9000, kind: 'handoff', turn: null, detail: 'To a person: angry' },
    ],
  });
  expect(told(call)).toEqual([
    '1000-2500 agent speech Agent: Welcome.',
    '3600-6000 caller speech Caller: How long can I return it?',
    '6300-6600 event tool Tool: ask agent: success, 300 ms',
    '7000-7900 agent speech Agent (cut off): 100 nights',
    '7900-7900 event interruption Interrupted: The caller interrupted',
    '9000-9000 event handoff Passed on to a person: To a person: angry',
    '9500-12000 event tool-error Tool: ask agent: timeout, 2.50 s',
  ]);
});

test('what was typed is a moment, and words never begin before the call', () => {
  const call = callOf({
    transcript: [
      turnOf({ text: 'a very long sentence of the caller', startMs: 500 }),
      turnOf({ turn: 2, text: '12#', via: 'dtmf', startMs: 900 }),
    ],
  });
  expect(told(call)).toEqual([
    '0-500 caller speech Caller: a very long sentence of the caller',
    '900-900 caller speech Caller, by keys: 12#',
  ]);
});

test('a call is as long as it took, and one that goes on as what is known of it', () => {
  const transcript = [turnOf({ role: 'assistant', startMs: 4000, playedMs: 2000 })];
  const over = callOf({ transcript });
  const open = callOf({ transcript, endedAtMs: null });
  expect([over, open, callOf({ endedAtMs: null })].map((call) => lengthOf(call, storyOf(call)))).toEqual([
    21_000, 6000, 1000,
  ]);
});

test('what operators did stands among the rest, under a name for people', () => {
  const call = callOf({
    transcript: [turnOf({ role: 'assistant', text: 'It is ready.', startMs: 3000, playedMs: 800, operator: 'u1' })],
    operatorList: [
      { atMs: 2000, action: 'whisper', operator: 'u1', commandId: 'c1', text: 'Offer ten percent.' },
      { atMs: 9000, action: 'end', operator: 'otto', commandId: 'c2', text: null },
    ],
    timeline: [{ seq: 3, atMs: 2000, kind: 'operator', turn: null, detail: 'u1: whisper' }],
  });
  const named = storyOf(call, (operator) => (operator === 'u1' ? 'ada@tenant.example' : operator));
  expect(named.map(({ fromMs, kind, title, text }) => [fromMs, kind, title, text])).toEqual([
    [2000, 'operator', 'Whisper by ada@tenant.example', 'Offer ten percent.'],
    [3000, 'speech', 'Agent, in the words of ada@tenant.example', 'It is ready.'],
    [9000, 'operator', 'End by otto', ''],
  ]);
});
