import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCall, play } from '../support/sonic-calls.ts';
import { sonicGrammarErrors } from '../support/sonic-grammar.ts';

describe('any interleaving of outputs and inputs', () => {
  it('never lets anything of a response out after its interruption, nor two ends', () => {
    fc.assert(
      fc.property(anyCall, (moves) => {
        const over = new Set<string>();
        const ended = new Set<string>();
        for (const event of play(moves).events) {
          if (!('responseId' in event) || event.responseId === undefined) continue;
          expect(over).not.toContain(event.responseId);
          if (event.type === 'interrupted') over.add(event.responseId);
          if (event.type === 'response-ended') {
            expect(ended).not.toContain(event.responseId);
            ended.add(event.responseId);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('sends at most one result for each tool use that was told, and none for another', () => {
    fc.assert(
      fc.property(anyCall, (moves) => {
        const { sent, events } = play(moves);
        const told = events.flatMap((event) => (event.type === 'tool-use' ? [event.toolUseId] : []));
        const answered = JSON.stringify(sent).match(/"toolUseId":"[^"]+"/g) ?? [];
        expect(new Set(told).size).toBe(told.length);
        expect(new Set(answered).size).toBe(answered.length);
        expect(answered.filter((id) => !told.some((known) => id.includes(`"${known}"`)))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is grammatical from the first event to the last, and silent after it', () => {
    const anyHistory = fc.array(
      fc.record({
        role: fc.constantFrom('user' as const, 'assistant' as const),
        text: fc.string({ unit: 'grapheme', maxLength: 2500 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(anyCall, anyHistory, (moves, history) => {
        const { sent, afterwards } = play(moves, { history });
        expect({ errors: sonicGrammarErrors(sent), afterwards }).toEqual({ errors: [], afterwards: [] });
      }),
      { numRuns: 200 },
    );
  });
});
