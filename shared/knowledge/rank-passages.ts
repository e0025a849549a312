/** A piece of a file that answers a question, more or less. */
export interface Passage {
  /** As the file's owner named it: `policies/returns.pdf`. */
  readonly path: string;
  readonly description?: string;
  /** Of the file, from 1, where it has pages. */
  readonly page?: number;
  readonly text: string;
  /** 0 to 1, as the retriever gave it. */
  readonly score: number;
}

/** More are asked for than are used, so that a file's description can lift a passage the vectors ranked lower. */
export const retrievedFor = (used: number): number => used * 2;

/** How much a perfect match with the file's description adds to the vector score. */
const DESCRIPTION_WEIGHT = 0.15;

/** Best first: the retriever's score, lifted by words the question shares with the file's description. Empty and repeated passages are dropped. */
export function rankPassages(query: string, passages: readonly Passage[]): Passage[] {
  const asked = wordsOf(query);
  const ranked = passages
    .filter((passage) => passage.text.trim() !== '')
    .map((passage) => {
      const about = wordsOf(`${passage.description ?? ''} ${passage.path}`);
      const shared = [...asked].filter((word) => about.has(word)).length;
      return { passage, rank: passage.score + (DESCRIPTION_WEIGHT * shared) / Math.max(1, asked.size) };
    })
    .sort((one, other) => other.rank - one.rank)
    .map(({ passage }) => passage);
  return ranked.filter((passage, index) => ranked.findIndex((earlier) => earlier.text === passage.text) === index);
}

/** Words of four letters and more, so that articles and pronouns do not count; a plural `s` is dropped. */
const wordsOf = (text: string): Set<string> =>
  new Set((text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []).map((word) => word.replace(/s$/, '')));
