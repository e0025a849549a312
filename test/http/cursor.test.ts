import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCursor, sealCursor } from '../../shared/http/cursor.ts';

const scope = fc.record({ userId: fc.string(), operation: fc.string(), filter: fc.string() });
const position = fc.string({ minLength: 1, maxLength: 100 });
const SCOPE = { userId: 'ann', operation: 'listAgents', filter: '' };

describe('a cursor', () => {
  it('leads back to where it was issued', () => {
    fc.assert(
      fc.property(scope, position, (of, at) => {
        expect(openCursor('key', of, sealCursor('key', of, at))).toBe(at);
      }),
    );
  });

  it('is worth nothing once any of its characters is changed', () => {
    fc.assert(
      fc.property(position, fc.nat(), fc.constantFrom(...'ABab01-_ %='.split('')), (at, index, character) => {
        const cursor = sealCursor('key', SCOPE, at);
        const place = index % cursor.length;
        const changed = cursor.slice(0, place) + character + cursor.slice(place + 1);
        fc.pre(changed !== cursor);
        expect(() => openCursor('key', SCOPE, changed)).toThrow(expect.objectContaining({ code: 'invalid-cursor' }));
      }),
    );
  });

  it.each([
    { ...SCOPE, userId: 'bob' },
    { ...SCOPE, operation: 'listKnowledgeBases' },
    { ...SCOPE, filter: 'active' },
  ])('of another listing is refused: %o', (other) => {
    const cursor = sealCursor('key', SCOPE, 'here');
    expect(() => openCursor('key', other, cursor)).toThrow(expect.objectContaining({ code: 'invalid-cursor' }));
  });

  it('signed with another key is refused', () => {
    expect(() => openCursor('new', SCOPE, sealCursor('old', SCOPE, 'here'))).toThrow();
  });
});
