import type { Passage } from '../../shared/knowledge/rank-passages.ts';
import type { Citation } from '../../shared/messages/message.ts';

export interface NumberedPassage {
  /** The `[n]` the model cites it by. */
  readonly marker: number;
  readonly passage: Passage;
}

/** The passages found for one message; one number each, however often it is found. */
export interface PassageList {
  readonly add: (passages: readonly Passage[]) => NumberedPassage[];
  readonly all: () => readonly NumberedPassage[];
}

export function passageList(): PassageList {
  const list: NumberedPassage[] = [];
  const number = (passage: Passage): NumberedPassage => {
    const known = list.find((entry) => entry.passage.path === passage.path && entry.passage.text === passage.text);
    if (known !== undefined) return known;
    const entry = { marker: list.length + 1, passage };
    list.push(entry);
    return entry;
  };
  return { add: (passages) => passages.map(number), all: () => list };
}

/** An excerpt is for a reader's eye, not the whole passage. */
const MAX_EXCERPT_CHARACTERS = 300;

/**
 * Numbers the answer's markers 1, 2, … in the order they are read and lists what they point to. Markers that point to
 * nothing are dropped. An answer that forgot its markers but repeats a passage gets that passage's marker at its end.
 */
export function citeAnswer(
  text: string,
  passages: readonly NumberedPassage[],
): { answer: string; citations: Citation[] } {
  const marked = /\[\d+\]/.test(text) ? text : withInferredMarker(text, passages);
  const cited: NumberedPassage[] = [];
  const answer = marked.replace(/\s*\[(\d+)\]/g, (_match, digits: string) => {
    const entry = passages.find(({ marker }) => marker === Number(digits));
    if (entry === undefined) return '';
    if (!cited.includes(entry)) cited.push(entry);
    return ` [${cited.indexOf(entry) + 1}]`;
  });
  return { answer: answer.trim(), citations: cited.map((entry, index) => citationOf(entry.passage, index + 1)) };
}

const citationOf = (passage: Passage, marker: number): Citation => ({
  marker,
  path: passage.path,
  ...(passage.description === undefined ? {} : { description: passage.description }),
  excerpt: excerptOf(passage.text),
  score: passage.score,
});

function excerptOf(text: string): string {
  const body =
    text
      .replace(/^(?:#+ .*\n)+/, '')
      .replace(/\s+/g, ' ')
      .trim() || text.trim();
  if (body.length <= MAX_EXCERPT_CHARACTERS) return body;
  return `${body.slice(0, MAX_EXCERPT_CHARACTERS).replace(/\s+\S*$/, '')}…`;
}

/** Half of the answer's longer words: below that it is the model's own talk, not the passage's. */
const INFERRED_SHARE = 0.5;

function withInferredMarker(text: string, passages: readonly NumberedPassage[]): string {
  const words = longWords(text);
  const share = ({ passage }: NumberedPassage): number => {
    const there = new Set(longWords(passage.text));
    return words.filter((word) => there.has(word)).length / Math.max(1, words.length);
  };
  const best = passages.map((entry) => ({ entry, share: share(entry) })).sort((a, b) => b.share - a.share)[0];
  return best !== undefined && best.share >= INFERRED_SHARE ? `${text.trimEnd()} [${best.entry.marker}]` : text;
}

const longWords = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
