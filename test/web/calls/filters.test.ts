import { expect, test } from 'vitest';
import { filtersFrom, matches, queryOf, searchOf } from '../../../web/dashboard/calls/filters.ts';
import { asClock, asDollars, asLatency, asSentence, countOf } from '../../../web/dashboard/calls/words.ts';
import { callOf } from './support.ts';

test('filters survive the page’s address, and nonsense in it is left out', () => {
  const filters = {
    agentId: 'a1',
    status: 'active',
    direction: 'inbound',
    from: '2026-11-20',
    words: 'Ada & Bob',
  } as const;
  expect(filtersFrom(new URLSearchParams(searchOf(filters)))).toEqual(filters);
  expect(searchOf({})).toBe('');
  expect(filtersFrom(new URLSearchParams('status=gone&channel=fax&from=yesterday&words=%20&x=1'))).toEqual({});
});

test('a day is asked for as moments from its beginning to its end, words are not asked for', () => {
  const query = queryOf({ from: '2026-11-20', to: '2026-11-20', words: 'Ada' });
  expect(Date.parse(String(query.to)) - Date.parse(String(query.from))).toBe(86_399_999);
  expect(Object.keys(query)).toEqual(['from', 'to']);
});

test('a call is found by all of the words, wherever they stand', () => {
  const call = callOf({ fromNumber: '+15551234567', failure: null });
  const found = ['4567', 'duvets COMPLETED', 'client-ended nova', '4567 bicycle'].map((words) =>
    matches(call, words, 'Duvets and more'),
  );
  expect(found).toEqual([true, true, true, false]);
});

test('figures are written for people', () => {
  expect([0, 75_400, 3_723_000].map(asClock)).toEqual(['0:00', '1:15', '1:02:03']);
  expect([12_345, 0, 1_234_500_000].map(asDollars)).toEqual(['$0.0123', '$0.0000', '$1,234.50']);
  expect([null, 820.4, 1240].map(asLatency)).toEqual(['–', '820 ms', '1.24 s']);
  expect([asSentence('client-ended'), countOf(1, 'call'), countOf(1200, 'call')]).toEqual([
    'Client ended',
    '1 call',
    '1,200 calls',
  ]);
});
