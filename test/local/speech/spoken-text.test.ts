import { describe, expect, it } from 'vitest';
import { sentencesOf } from '../../../local/speech/mouth/sentences.ts';
import { spokenText } from '../../../local/speech/mouth/spoken-text.ts';
import { fliteVoice } from '../../../local/speech/mouth/voices.ts';

describe('a text as it is read out', () => {
  it.each([
    ['It costs $39.99.', 'It costs 39 dollars and 99 cents.'],
    ['$1,299 or €1 or £0.50', '1299 dollars or 1 euro or 50 pence'],
    ['worth $1.01, not $2.5 million', 'worth 1 dollar and 1 cent, not 2 point 5 million dollars'],
    ['within 30 days', 'within 30 days'],
    ['We are here 24/7!', 'We are here 24 7!'],
    ['Call 555-123-4567 now.', 'Call 5 5 5, 1 2 3, 4 5 6 7 now.'],
    ['Call +1 (555) 123-4567.', 'Call plus 1, 5 5 5, 1 2 3, 4 5 6 7.'],
    ['(555) 123-4567', '5 5 5, 1 2 3, 4 5 6 7'],
    ['1-800-555-0199', '1, 8 0 0, 5 5 5, 0 1 9 9'],
    ['ext. 555-1234', 'ext. 5 5 5, 1 2 3 4'],
    ['Write to help-desk@acme.example.', 'Write to help dash desk at acme dot example.'],
    ['See https://www.acme.com/returns/?a=1.', 'See acme dot com slash returns.'],
    ['on acme.co.uk, say', 'on acme dot co dot uk, say'],
    ['from 9:00 AM to 5:30 p.m. daily', 'from 9 A M to 5 30 P M daily'],
    ['at 17:05 or 18:00', "at 17 oh 5 or 18 o'clock"],
    ['in 7–10 days', 'in 7 to 10 days'],
    ['due 2026-11-21', 'due November 21, 2026'],
    ['a 20% fee', 'a 20 percent fee'],
    ['order #48213', 'order number 4 8 2 1 3'],
    ['**Returns** [1] are `free` [here](https://x.example).', 'Returns are free here.'],
    ['the _new_ order_id field', 'the new order_id field'],
    ['# Returns\n- unopened\n- within 30 days', 'Returns. unopened. within 30 days'],
    ['e.g. tea & coffee and/or milk', 'for example tea and coffee and or milk'],
    ['“Crème brûlée” — it’s good 🙂', "Creme brulee, it's good"],
    ['Mon/Tue', 'Mon or Tue'],
  ])('%s', (written, spoken) => {
    expect(spokenText(written)).toBe(spoken);
  });

  it('is spoken by the sentence, without those that say nothing', () => {
    expect(sentencesOf('It is 39.5 kilos. Really? Yes! \u{1f642} !')).toEqual(['It is 39.5 kilos.', 'Really?', 'Yes!']);
  });

  it('is cut where one would breathe when a sentence is very long', () => {
    const long = `${'word '.repeat(30)}here, ${'more '.repeat(60)}end.`;
    const pieces = sentencesOf(long);
    expect({
      longest: Math.max(...pieces.map(({ length }) => length)) <= 240,
      firstEndsWith: pieces[0]?.slice(-5),
      whole: pieces.join(' ') === long,
    }).toEqual({ longest: true, firstEndsWith: 'here,', whole: true });
  });

  it('is cut anywhere when there is nowhere to breathe', () => {
    expect(sentencesOf('x'.repeat(500)).map(({ length }) => length)).toEqual([240, 240, 20]);
  });
});

describe('voices', () => {
  it('are the nearest that there is to those of the engines', () => {
    const names = ['tiffany', 'Matthew', 'Joanna', 'brian', 'alloy', 'kal', 'awb', 'nobody', 'constructor'];
    expect(names.map(fliteVoice)).toEqual(['slt', 'rms', 'slt', 'awb', 'slt', 'kal16', 'awb', 'slt', 'slt']);
  });
});
