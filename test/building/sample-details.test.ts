import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleDetails, sampleOfPattern } from '../../shared/building/sample-details.ts';

describe('sample details', () => {
  it.each([
    ['CC\\d{6}', 'CC777777'],
    ['^[A-Z]{2}-\\d{4,6}$', 'AA-7777'],
    ['(?:ORD|RET)-?[0-9]+', 'ORD-0'],
    ['\\w+@\\w+\\.com', 'a@a.com'],
    ['[^0-9]{3}', 'aaa'],
    ['(a|b)(c)?x*', 'acx'],
    ['\\+\\d{1,3}\\s?.', '+7 a'],
  ])('fit the pattern %s', (pattern, sample) => {
    expect(sampleOfPattern(pattern)).toBe(sample);
  });

  it.each(['(?=a)b', '(?<!x)y', '[z-a]', '(', 'a{2', '\\p{L}'])('give up on %s without an error', (pattern) => {
    expect([undefined, 'a{2', 'p{L}']).toContain(sampleOfPattern(pattern));
  });

  it('never give a text that the pattern refuses', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-c\\[\](){}|*+?.^$\d,-]{0,12}$/), (pattern) => {
        const sample = sampleOfPattern(pattern);
        return sample === undefined || new RegExp(`^(?:${pattern})$`, 'i').test(sample);
      }),
    );
  });

  it('cover nothing said, all said, each missing and each malformed', () => {
    const properties = { order: { pattern: 'A\\d' }, mail: { format: 'email' } };
    expect(sampleDetails({ properties, required: ['order'] }).slice(0, 7)).toEqual([
      {},
      { order: 'A7', mail: 'customer@example.com' },
      { order: 'A7' },
      { mail: 'customer@example.com' },
      { order: 'A7' },
      { order: '???', mail: 'customer@example.com' },
      { order: 'A7', mail: '???' },
    ]);
  });
});
