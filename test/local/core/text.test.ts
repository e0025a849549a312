import { expect, test } from 'vitest';
import { requireText } from '../../../local/core/text.ts';

test('text, numbers and booleans have a text', () => {
  expect(['a', '', 7, false].map((value) => requireText(value, 'Name'))).toEqual(['a', '', '7', 'false']);
});

test.each([[{}], [['a']], [null], [undefined]])('%j has no text: the error names the property', (value) => {
  expect(() => requireText(value, 'Name')).toThrow(
    expect.objectContaining({ name: 'ValidationException', message: 'Name must be a string.' }),
  );
});
