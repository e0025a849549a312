import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asJson, bodyOf, dataOf, factFaults, factsOf, readJson } from '../../../web/dashboard/agent/context-draft.ts';

test('facts are read as what they say, and everything else is text', () => {
  const facts = [
    { name: 'delay', value: 'two days' },
    { name: 'open', value: 'true' },
    { name: 'stock', value: '12' },
    { name: 'orders', value: '{"a":1}' },
    { name: 'since', value: '9 o’clock' },
  ];
  expect(dataOf(facts)).toEqual({ delay: 'two days', open: true, stock: 12, orders: { a: 1 }, since: '9 o’clock' });
});

test('what the form shows of any facts is these facts again, by form and by JSON', () => {
  const data = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.jsonValue({ maxDepth: 2 }));
  fc.assert(
    fc.property(data, (facts) => {
      const plain = JSON.parse(JSON.stringify(facts)) as Record<string, unknown>;
      expect({ form: dataOf(factsOf(plain)), json: readJson(asJson(factsOf(plain))) }).toEqual({
        form: plain,
        json: factsOf(plain),
      });
    }),
  );
});

test('a fact without a name, or with another one’s, is told so at its place', () => {
  const facts = [
    { name: 'a', value: '1' },
    { name: ' ', value: '2' },
    { name: 'a ', value: '3' },
  ];
  expect(factFaults(facts)).toEqual([undefined, 'Give it a name.', 'There is another one of this name.']);
});

test('what is empty is taken away', () => {
  expect(bodyOf({ facts: [], notes: ' ', specialInstructions: ' Be brief. ' })).toEqual({
    data: {},
    notes: null,
    specialInstructions: 'Be brief.',
  });
});

test('JSON that is no object says why it cannot be facts', () => {
  expect([readJson('[1]'), typeof readJson('{')]).toEqual(['It must be an object: {"name": "value"}.', 'string']);
});
