import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPhrase, playedText, wholeWords } from '../../../shared/voice/session/spoken-text.ts';

const part = (text: string, fromMs: number, toMs: number) => ({ responseId: 'r', text, isFinal: true, fromMs, toMs });

describe('what of a text was played', () => {
  it('is cut after the last whole word of the part that was being played', () => {
    const parts = [
      part('Returns are free.', 0, 1000),
      part('They take thirty days.', 1000, 3000),
      part('Never said.', 3000, 4000),
    ];
    expect([0, 450, 1000, 2000, 2999, 9000].map((headMs) => playedText(parts, headMs))).toEqual([
      '',
      'Returns',
      'Returns are free.',
      'Returns are free. They take',
      'Returns are free. They take thirty',
      'Returns are free. They take thirty days. Never said.',
    ]);
  });

  it('is always a beginning of it, without half a word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (words, share) => {
          const cut = wholeWords(words.join(' '), share);
          const heard = cut === '' ? [] : cut.split(' ');
          expect(heard).toEqual(words.slice(0, heard.length));
        },
      ),
    );
  });

  it('is known as one of our phrases also when a word differs, but not when it says more', () => {
    const phrases = ['One moment, let me check.'];
    expect(
      [
        'One moment, let me check.',
        'one moment let me check that',
        'One moment, let me check. Your order has left our house today.',
        '',
      ].map((text) => isPhrase(text, phrases)),
    ).toEqual([true, true, false, false]);
  });
});
