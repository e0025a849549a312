/** Words that say nothing about what a passage is about. */
const STOP_WORDS = new Set(
  `a about all also am an and any are as at be been but by can could did do does for from get got had has have he her
  here him his how i if in into is it its just let like many may me might much my no nor not of on or our out please shall she
  should so some such tell than that the their them then there these they this those to too up us very was we were what
  when where which who whom whose why will with would you your`.split(/\s+/),
);

/** Lower-case word stems of a text in order, stop words left out. */
export const termsOf = (text: string): string[] =>
  wordsOf(text)
    .filter((word) => !STOP_WORDS.has(word))
    .map((word) => stem(IRREGULAR[word] ?? word));

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/['’]s?\b/g, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/(?<=[a-z]{2})ies$/, 'y'],
  [/(?<=(?:ss|sh|ch|x|z))es$/, ''],
  [/(?<=[a-z]{2}[^su])s$/, ''],
  [/(?<=[a-z]{3})(?:ing|edly|ed)$/, ''],
  [/(?<=[a-z]{3})(?:ations?|ments?|ness|able|ibly|ably|ly|ful)$/, ''],
];

/** Forms that no rule brings together. */
const IRREGULAR: Readonly<Record<string, string>> = {
  bought: 'buy',
  broke: 'break',
  broken: 'break',
  brought: 'bring',
  gave: 'give',
  given: 'give',
  kept: 'keep',
  left: 'leave',
  lost: 'lose',
  made: 'make',
  paid: 'pay',
  sent: 'send',
  sold: 'sell',
  spoke: 'speak',
  taken: 'take',
  took: 'take',
};

/** A light English stemmer: plural, participle and adverb endings; the same stem matters, not a real word. */
const stem = (word: string): string => {
  if (word.length < 4 || /\d/.test(word)) return word;
  const stemmed = SUFFIXES.reduce((current, [suffix, replacement]) => current.replace(suffix, replacement), word);
  // `shipped` and `ship`, `caring` and `care` meet here.
  return stemmed.replace(/([bdfglmnprt])\1$/, '$1').replace(/e$/, '');
};
