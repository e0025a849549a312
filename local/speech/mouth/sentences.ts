/** Longer ones are cut: the first sound waits for the whole piece. */
const MAX_LENGTH = 240;

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Pieces to speak one after another: sentences, cut where a speaker would breathe when they are long. */
export function sentencesOf(text: string): readonly string[] {
  return [...segmenter.segment(text)]
    .flatMap(({ segment }) => breaths(segment.trim()))
    .filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}

function breaths(sentence: string): string[] {
  if (sentence.length <= MAX_LENGTH) return [sentence];
  const start = sentence.slice(0, MAX_LENGTH);
  const pause = Math.max(start.lastIndexOf(', '), start.lastIndexOf('; '), start.lastIndexOf(': ')) + 1;
  const cut = pause > 0 ? pause : start.lastIndexOf(' ') > 0 ? start.lastIndexOf(' ') : MAX_LENGTH;
  return [sentence.slice(0, cut).trim(), ...breaths(sentence.slice(cut).trim())];
}
