import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokensOf } from '../../../web/dashboard/agent/highlight.ts';

test('keywords, names, strings, numbers and comments have a colour each', () => {
  const code = "const days = 30; // at most\nsay('It’s fine');";
  expect(tokensOf(code).filter(({ kind }) => kind !== 'plain')).toEqual([
    { kind: 'keyword', text: 'const' },
    { kind: 'number', text: '30' },
    { kind: 'comment', text: '// at most' },
    { kind: 'name', text: 'say' },
    { kind: 'string', text: "'It’s fine'" },
  ]);
});

test('the pieces are the code, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'\'"`/*\\ \nab1(const '.split('')) }), (code) => {
      expect(
        tokensOf(code)
          .map(({ text }) => text)
          .join(''),
      ).toBe(code);
    }),
  );
});
