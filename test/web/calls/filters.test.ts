import { expect, test } from 'vitest';
import { filtersFrom, queryOf, searchOf } from '../../../web/dashboard/calls/filters.ts';
import { asClock, asDollars, asLatency, asSentence, countOf } from '../../../web/dashboard/calls/words.ts';

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

test('a day is asked for as moments from its beginning to its end', () => {
  const query = queryOf({ from: '2026-11-20', to: '2026-11-20' });
  expect(Date.parse(String(query.to)) - Date.parse(String(query.from))).toBe(86_399_999);
  expect(Object.keys(query)).toEqual(['from', 'to']);
});

test('words are looked for by the API, once there are two letters to look for', () => {
  expect(['Ada', '+4', '寝具', 'a 1', ' – '].map((words) => queryOf({ words }))).toEqual([
    { q: 'Ada' },
    {},
    { q: '寝具' },
    {},
    {},
  ]);
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
