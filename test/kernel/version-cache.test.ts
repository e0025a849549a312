import fc from 'fast-check';
import { expect, test } from 'vitest';
import { versionCache } from '../../shared/kernel/version-cache.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd');
const happening = fc.oneof(
  fc.record({ what: fc.constant('change' as const), key }),
  /** Somebody begins to read: what is read then is put later, when others may have changed and read it. */
  fc.record({ what: fc.constant('begin' as const), key }),
  fc.record({ what: fc.constant('end' as const), pick: fc.nat(5) }),
  fc.record({ what: fc.constant('ask' as const), key }),
);

test('after a change is known nothing of before is given, however late slow readers put it; and it keeps no more than it may', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (happenings, most) => {
      const truth = new Map<string, number>();
      const versionOf = (of: string): number => truth.get(of) ?? 0;
      const reading: { readonly key: string; readonly version: number }[] = [];
      const cache = versionCache<string>(most);
      for (const one of happenings) {
        if (one.what === 'change') truth.set(one.key, versionOf(one.key) + 1);
        if (one.what === 'begin') reading.push({ key: one.key, version: versionOf(one.key) });
        if (one.what === 'end') {
          const [read] = reading.splice(one.pick % Math.max(1, reading.length), 1);
          if (read !== undefined) cache.put(read.key, read.version, `${read.key}${read.version}`);
        }
        if (one.what === 'ask') {
          const now = `${one.key}${versionOf(one.key)}`;
          expect([undefined, now]).toContain(cache.get(one.key, versionOf(one.key)));
        }
      }
      const held = ['a', 'b', 'c', 'd'].filter((of) => cache.get(of, versionOf(of)) !== undefined);
      expect(held.length).toBeLessThanOrEqual(most);
    }),
  );
});

test('what was read again and again is still there; what nobody asked for makes room', () => {
  const cache = versionCache<string>(2);
  cache.put('a', 1, 'first');
  cache.put('b', 1, 'second');
  cache.get('a', 1);
  cache.put('c', 1, 'third');
  cache.put('a', 0, 'late');
  expect([cache.get('a', 1), cache.get('b', 1), cache.get('c', 1), cache.get('c', 2)]).toEqual([
    'first',
    undefined,
    'third',
    undefined,
  ]);
});
