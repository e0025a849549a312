import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, type JsonObject, mergePatchOf, readJsonObject } from '../../../web/dashboard/live/merge-patch.ts';

/** RFC 7396, section 2, word by word. */
function applied(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result = new Map<string, Json>(isObject ? Object.entries(target as JsonObject) : []);
  for (const [name, value] of Object.entries(patch as JsonObject)) {
    if (value === null) result.delete(name);
    else result.set(name, applied(result.get(name), value));
  }
  return Object.fromEntries(result);
}

const { object } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.integer()),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'dee'), tie('value'), { noNullPrototype: true }),
}));

test('the patch leads from one object to the other, and between equal ones it is empty', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      expect(applied(before, mergePatchOf(before, after))).toEqual(after);
      expect(mergePatchOf(before, structuredClone(before))).toEqual({});
    }),
  );
});

test('only what changed is in it', () => {
  const before = { name: 'Ada', order: { id: 7, state: 'open' }, tags: ['a'], note: 'x' };
  const after = { name: 'Ada', order: { id: 7, state: 'paid' }, tags: ['a', 'b'] };
  expect(mergePatchOf(before, after)).toEqual({ order: { state: 'paid' }, tags: ['a', 'b'], note: null });
});

test('what is no JSON object is told in words', () => {
  expect(readJsonObject(' ')).toEqual({ value: {} });
  expect(readJsonObject('{"a": 1}')).toEqual({ value: { a: 1 } });
  expect(readJsonObject('[1]')).toEqual({ error: 'This is JSON, but no object: begin with { and end with }.' });
  expect(readJsonObject('{a}')).toEqual({ error: expect.stringMatching(/^This is no JSON: /) });
});
