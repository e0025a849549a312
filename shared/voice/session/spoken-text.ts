import type { Part } from './session-state.ts';

/**
 * The words of these parts that were played when the player stood at `headMs`: a part's text is spread evenly over its
 * audio and cut after the last whole word.
 */
export function playedText(parts: readonly Part[], headMs: number): string {
  return joinTexts(
    parts.map(({ text, fromMs, toMs }) => {
      if (headMs >= toMs) return toMs > fromMs || headMs > fromMs ? text : '';
      if (headMs <= fromMs) return '';
      return wholeWords(text, (headMs - fromMs) / (toMs - fromMs));
    }),
  );
}

/** All these parts say. */
export const wholeText = (parts: readonly Part[]): string => joinTexts(parts.map(({ text }) => text));

/** As much of a text as this share of its characters, without half a word at the end. */
export function wholeWords(text: string, share: number): string {
  const length = Math.floor(text.length * share);
  if (length >= text.length) return text;
  const isWordEnd = /\s/.test(text.charAt(length));
  const cut = text.slice(0, length);
  return isWordEnd ? cut.trimEnd() : cut.replace(/\S*$/, '').trimEnd();
}

const joinTexts = (texts: readonly string[]): string =>
  texts
    .map((text) => text.trim())
    .filter((text) => text.length > 0)
    .join(' ');

/** Whether this is one of the phrases, near enough: speech models do not always repeat word for word. */
export function isPhrase(text: string, phrases: readonly string[]): boolean {
  const said = wordsOf(text);
  return said.length > 0 && phrases.some((phrase) => isNear(said, wordsOf(phrase)));
}

/** Whether this may be a part of one of the phrases: long ones come in pieces. */
export function isOfPhrase(text: string, phrases: readonly string[]): boolean {
  const said = wordsOf(text);
  return phrases.some((phrase) => {
    const known = new Set(wordsOf(phrase));
    return said.filter((word) => known.has(word)).length >= said.length * 0.7;
  });
}

/** Whether two texts have the same words. */
export const sameWords = (a: string, b: string): boolean => wordsOf(a).join(' ') === wordsOf(b).join(' ');

function isNear(said: readonly string[], phrase: readonly string[]): boolean {
  const known = new Set(phrase);
  const shared = said.filter((word) => known.has(word)).length;
  return said.length <= phrase.length * 1.6 && shared / said.length >= 0.6 && shared / phrase.length >= 0.6;
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
