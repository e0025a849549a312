import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../../shared/live/live-views.ts';
import { NO_STORY, withEvent } from '../../../web/dashboard/live/live-story.ts';
import { STARTED_AT_MS, said } from './support.ts';

const told = (...events: readonly LiveEvent[]): string[] =>
  events
    .reduce(withEvent, NO_STORY)
    .lines.map(
      ({ id, seq, title, text, isFinal, operator }) =>
        `${id} ${seq} ${operator === undefined ? '' : `${operator} · `}${title}: ${text}${isFinal ? '' : '…'}`,
    );
const at = { atMs: STARTED_AT_MS };

describe('what is heard of a call', () => {
  test('guesses become final words in their place, and come back no more', () => {
    expect(
      told(
        said({ text: 'How' }),
        said({ text: 'How long' }),
        said({ role: 'assistant', text: '100' }),
        said({ seq: 0, text: 'How long can I return it?' }),
        said({ text: 'late' }),
        said({ role: 'assistant', seq: 1, text: '100 nights', interrupted: true }),
      ),
    ).toEqual(['caller-1 0 Caller: How long can I return it?', 'agent-1 1 Agent (cut off): 100 nights']);
  });

  test('two things said within a turn are two lines', () => {
    expect(
      told(
        said({ role: 'assistant', seq: 1, text: 'One moment.' }),
        said({ role: 'assistant', seq: 3, text: '100 nights.' }),
      ),
    ).toEqual(['agent-1 1 Agent: One moment.', 'agent-1-3 3 Agent: 100 nights.']);
  });

  test('a tool is one line from its beginning to its end', () => {
    const tool = { ...at, kind: 'tool', turn: 1, toolUseId: 't', name: 'askAgent' } as const;
    expect(told({ ...tool, seq: null, status: 'started' })).toEqual(['tool-t null Tool: ask agent: at work……']);
    expect(
      told({ ...tool, seq: null, status: 'started' }, { ...tool, seq: 4, status: 'success', durationMs: 420 }),
    ).toEqual(['tool-t 4 Tool: ask agent: success, 420 ms']);
  });

  test('operators, hand-offs and the end stand among the words', () => {
    const operator = { id: 'o', name: 'ada@tenant.example' };
    expect(
      told(
        { ...at, seq: 2, kind: 'operator', action: 'whisper', operator, text: 'Offer ten percent.' },
        { ...at, seq: 3, kind: 'warning', code: 'time-limit', message: 'One minute is left.' },
        { ...at, seq: null, kind: 'meter', costMicroUsd: 5, elapsedSeconds: 2 },
        { ...at, seq: 4, kind: 'handoff', reason: 'Asked for a person', summary: '' },
        { ...at, seq: 5, kind: 'ended', status: 'completed', reason: 'handed-off' },
      ),
    ).toEqual([
      'operator-2 2 ada@tenant.example · Whisper: Offer ten percent.',
      'warning-3 3 Time limit: One minute is left.',
      'handoff-4 4 Passed on to a person: Asked for a person',
      'ended-5 5 Call ended: Handed off',
    ]);
  });

  test('who answers follows from what operators did last', () => {
    const operator = { id: 'o', name: 'ada@tenant.example' };
    const did = (action: string, seq: number) => ({ ...at, seq, kind: 'operator', action, operator }) as const;
    const actions = [did('whisper', 0), did('hold', 1), did('say', 2), did('takeover', 3), did('resume', 4)];
    const modes = actions.map((_, index) => actions.slice(0, index + 1).reduce(withEvent, NO_STORY).mode);
    expect(modes).toEqual(['agent', 'held', 'held', 'operator', 'agent']);
    expect([did('resume', 4), did('hold', 1)].reduce(withEvent, NO_STORY).mode).toBe('agent');
  });

  test('in whatever order and however often stored events come, the story is the same', () => {
    const events = Array.from({ length: 8 }, (_, seq) =>
      said({ seq, turn: Math.floor(seq / 2), role: seq % 2 ? 'assistant' : 'user', text: `words ${seq}` }),
    );
    const inOrder = told(...events);
    const shuffled = fc.shuffledSubarray([...events, ...events], { minLength: 16 });
    fc.assert(
      fc.property(shuffled, (mixed) => {
        expect(told(...mixed)).toEqual(inOrder);
      }),
    );
  });

  test('what was seen before changes nothing at all', () => {
    const story = [said({ seq: 0 }), said({ seq: 1, role: 'assistant' })].reduce(withEvent, NO_STORY);
    expect(withEvent(story, said({ seq: 0 }))).toBe(story);
    expect(withEvent(story, said({ text: 'late guess' }))).toBe(story);
    expect(story.lastSeq).toBe(1);
  });

  test('of a call without end the newest lines are kept', () => {
    const lines = told(...Array.from({ length: 450 }, (_, seq) => said({ seq, turn: seq, text: String(seq) })));
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([
      400,
      'caller-50 50 Caller: 50',
      'caller-449 449 Caller: 449',
    ]);
  });
});
