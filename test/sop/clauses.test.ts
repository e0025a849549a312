import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitIntoClauses } from '../../shared/sop/clauses.ts';

test('headings, list items, sentences and lead-ins become numbered clauses', () => {
  const sop = `Intro one. Intro two.

# Returns

1. Ask for the *order number*,
   and wait.
2. Check it

Never promise:
- a delivery date
- a **discount**

Closing
-------
Say goodbye.`;
  expect(splitIntoClauses(sop)).toEqual([
    { id: 'c1', text: 'Intro one.' },
    { id: 'c2', text: 'Intro two.' },
    { id: 'c3', heading: 'Returns', text: 'Ask for the order number, and wait.' },
    { id: 'c4', heading: 'Returns', text: 'Check it' },
    { id: 'c5', heading: 'Returns', text: 'Never promise: a delivery date' },
    { id: 'c6', heading: 'Returns', text: 'Never promise: a discount' },
    { id: 'c7', heading: 'Closing', text: 'Say goodbye.' },
  ]);
});

test('abbreviations and decimals do not end a sentence, a lead-in without items is kept', () => {
  expect(
    splitIntoClauses('Give sizes, e.g. Large or 2.5 metres. Then ask Dr. Gray.\n\nOur hours:').map(({ text }) => text),
  ).toEqual(['Give sizes, e.g. Large or 2.5 metres.', 'Then ask Dr. Gray.', 'Our hours:']);
});

test('a blank SOP has no clauses, and a very long one at most a thousand', () => {
  const long = Array.from({ length: 5_000 }, (_, index) => `- rule ${index}`).join('\n');
  const clauses = splitIntoClauses(long);
  expect({ blank: splitIntoClauses(' \n---\n'), count: clauses.length, last: clauses.at(-1)?.text }).toEqual({
    blank: [],
    count: 1_000,
    last: 'rule 4995 rule 4996 rule 4997 rule 4998 rule 4999',
  });
});

test.each(['[', '![', '*a ', '_a ', '**a ', '`a', '[a](', '- a: ', 'A. ', '\t'])(
  'an SOP of nothing but %j takes time in proportion to its length',
  (piece) => {
    const clauses = splitIntoClauses(piece.repeat(100_000 / piece.length));
    expect(clauses.length).toBeLessThanOrEqual(1_000);
  },
  5_000,
);

test('no word of any SOP is lost, and ids count up', () => {
  const line = fc.tuple(
    fc.constantFrom('', '- ', '# ', '1. ', '> ', '  '),
    fc.array(fc.stringMatching(/^[A-Za-z]{1,8}[.,:?]?$/), { minLength: 1, maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const sop = lines.map(([marker, words]) => marker + words.join(' ')).join('\n');
      const clauses = splitIntoClauses(sop);
      const kept = clauses.map(({ heading = '', text }) => `${heading} ${text}`).join(' ');
      // A heading without statements under it says nothing to do.
      const stated = lines.filter(([marker]) => marker !== '# ').flatMap(([, words]) => words);
      expect(stated.filter((word) => !kept.includes(word) && !/^[a-z][.]$/i.test(word))).toEqual([]);
      expect(clauses.map(({ id }) => id)).toEqual(clauses.map((_, index) => `c${index + 1}`));
    }),
    { numRuns: 500 },
  );
});
