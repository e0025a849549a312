import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText } from '../../../shared/social/outbound/split-text.ts';

const characters = (max: number) => ({ max, unit: 'characters' as const });

describe('a long reply', () => {
  it('stays whole where it fits', () => {
    expect(splitText('  We are open until six.\n', characters(22))).toEqual(['We are open until six.']);
  });

  it('is cut between paragraphs first, then lines, sentences and words, a word only where it must be', () => {
    expect(splitText('One. Two.\n\nThree. Four.', characters(14))).toEqual(['One. Two.', 'Three. Four.']);
    expect(splitText('One. Two.\nThree. Four.', characters(14))).toEqual(['One. Two.', 'Three. Four.']);
    expect(splitText('We are open. Come in and see.', characters(18))).toEqual(['We are open.', 'Come in and see.']);
    expect(splitText('open until six', characters(8))).toEqual(['open', 'until', 'six']);
    expect(splitText('aaaaaaaaaa', characters(4))).toEqual(['aaaa', 'aaaa', 'aa']);
  });

  it('is measured in bytes where the platform does', () => {
    expect(splitText('äöü äöü', { max: 8, unit: 'bytes' })).toEqual(['äöü', 'äöü']);
  });

  it('of nothing is no message', () => {
    expect(splitText(' \n ', characters(10))).toEqual([]);
  });

  it('loses nothing but blanks, fits piece by piece, and tears no character', () => {
    const unit = fc.constantFrom<'characters' | 'bytes'>('characters', 'bytes');
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '🙂', ' ', '\n', '. ', 'word ', '漢'), maxLength: 300 });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 60 }), unit, (said, max, measure) => {
        const parts = splitText(said, { max, unit: measure });
        const size = (part: string) => (measure === 'bytes' ? Buffer.byteLength(part) : part.length);
        expect(parts.filter((part) => size(part) > max || part.trim() === '' || !part.isWellFormed())).toEqual([]);
        expect(parts.join('').replaceAll(/\s/g, '')).toBe(said.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('of a million characters is cut at the ends of sentences', () => {
    const parts = splitText('All is well. '.repeat(80_000), { max: 1000, unit: 'bytes' });
    expect(parts.length).toBeGreaterThan(1000);
    expect(parts.every((part) => part.endsWith('.'))).toBe(true);
  });
});
