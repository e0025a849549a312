import type { Call, CallEntry } from '../call.ts';

/** Distinct words of a call that can be searched: about an hour of talk; what is said after them is not found. */
export const MOST_WORDS = 1500;
/** Words of a search that count. */
export const MOST_SEARCHED = 6;
/** Letters by which words lie together: what a search must have of a word to find it by its beginning. */
const BEGINNING = 3;
/** Words of one letter say nothing, and are everywhere. */
const SHORTEST = 2;
/** No word of a language that is spoken to a telephone is longer; the rest of one that is counts for nothing. */
const LONGEST = 32;

/** A call as far as it can be searched. */
export type SearchedCall = Pick<
  Call,
  'fromNumber' | 'toNumber' | 'agentName' | 'contextOverride' | 'endReason' | 'failure' | 'engine'
>;

/** Words of a text in its order, without case and accents. Pure. */
export const wordsIn = (text: string): readonly string[] =>
  (normalized(text).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [])
    .map((word) => Array.from(word).slice(0, LONGEST).join(''))
    .filter((word) => Array.from(word).length >= SHORTEST);

/** Compatibility forms are made one first: "ﬁ" is two letters, "Ⅷ" four, and they have cases of their own. */
const normalized = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '');

/** A telephone number from each of its digits on, so that any part of it is a beginning. */
const wordsOfNumber = (number = ''): readonly string[] => {
  if (!/^\+?\d+$/.test(number)) return wordsIn(number);
  const digits = number.replace('+', '');
  return Array.from({ length: Math.max(0, digits.length - BEGINNING + 1) }, (_, from) => digits.slice(from));
};

/** What a call can be found by: its numbers and circumstances, then what was said, each word once. Pure. */
export const wordsOfCall = (call: SearchedCall, entries: readonly CallEntry[]): readonly string[] => {
  const words = new Set([...wordsOfNumber(call.fromNumber), ...wordsOfNumber(call.toNumber)]);
  for (const text of textsOf(call, entries)) {
    for (const word of wordsIn(text)) {
      words.add(word);
      if (words.size >= MOST_WORDS) return [...words];
    }
  }
  return [...words];
};

/** The tenant's own names for the caller come with the context; other values in it (objects, lists) are no names. */
const textsOf = (call: SearchedCall, entries: readonly CallEntry[]): readonly string[] => [
  ...[call.agentName, call.endReason, call.failure, call.engine].filter((text) => text !== undefined),
  ...Object.values(call.contextOverride ?? {}).filter((value) => typeof value === 'string'),
  ...entries.flatMap((entry) => (entry.kind === 'turn' ? [entry.text] : [])),
];

/** Digits as people write telephone numbers: `+49 (30) 123-456`, `030/123456`. */
const WRITTEN_NUMBER = /^\+?[\d\s()./-]+$/;
/** Shorter ones are no telephone numbers: a zero before them means something. */
const SHORTEST_NUMBER = 5;

/** What a search looks for: all of these words; empty for one that says nothing. Pure. */
export const searchedWords = (search: string): readonly string[] => {
  const text = search.trim();
  if (!WRITTEN_NUMBER.test(text)) return [...new Set(wordsIn(text))].slice(0, MOST_SEARCHED);
  const digits = text.replace(/\D/g, '');
  // Written for a telephone, a number has zeros before it that E.164 does not have.
  const dialled = digits.replace(/^0+/, '');
  return wordsIn(dialled.length >= SHORTEST_NUMBER ? dialled : digits);
};

/** Where a word lies, and where a search for it looks. */
export const beginningOf = (word: string): string => Array.from(word).slice(0, BEGINNING).join('');

/** Whether a word is one that is looked for: the same, or one that begins so; two letters are a whole word. */
export const isFound = (word: string, searched: string): boolean =>
  word === searched || (Array.from(searched).length >= BEGINNING && word.startsWith(searched));
