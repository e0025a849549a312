/** How long one message of a platform may be. */
export interface TextLimit {
  readonly max: number;
  readonly unit: 'characters' | 'bytes';
}

/** Places to cut, the best first: between paragraphs, lines, sentences, words. A cut before half of the limit wastes a message. */
const CUTS = [/\n\s*\n/g, /\n/g, /(?<=[.!?…。！？])\s+/g, /\s+/g] as const;

/**
 * A text as messages that each fit, cut at the best place there is; nothing but blanks at the cuts is lost, and no
 * character is torn. A text of nothing but blanks is no message.
 */
export const splitText = (text: string, limit: TextLimit): readonly string[] => {
  const parts: string[] = [];
  let rest = text.toWellFormed().trim();
  while (sizeOf(rest, limit) > limit.max) {
    const fitting = fittingPrefix(rest, limit);
    const at = bestCut(rest, fitting) ?? fitting;
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return rest === '' ? parts : [...parts, rest];
};

const sizeOf = (text: string, { unit }: TextLimit): number =>
  unit === 'bytes' ? Buffer.byteLength(text) : text.length;

/** Length of the longest beginning that fits, at least one character. */
const fittingPrefix = (text: string, limit: TextLimit): number => {
  let [length, size] = [0, 0];
  for (const character of text) {
    size += sizeOf(character, limit);
    if (size > limit.max && length > 0) return length;
    length += character.length;
  }
  return length;
};

const bestCut = (text: string, fitting: number): number | undefined => {
  // One character more: a blank right behind the last that fits is a place to cut, too.
  const window = text.slice(0, fitting + 1);
  for (const pattern of CUTS) {
    const last = [...window.matchAll(pattern)].findLast(({ index }) => index >= fitting / 2 && index <= fitting);
    if (last !== undefined) return last.index;
  }
  return undefined;
};
