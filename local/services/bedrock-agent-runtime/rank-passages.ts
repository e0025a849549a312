import { requireText } from '../../core/text.ts';
import { embedText } from '../bedrock/embedding.ts';
import { termsOf } from '../bedrock/terms.ts';
import { METADATA_KEY, TEXT_KEY } from '../bedrock-agent/index-document.ts';
import { cosineSimilarity } from '../s3vectors/operations.ts';
import type { Vector } from '../s3vectors/vector-store.ts';

export interface RankedPassage {
  readonly vector: Vector;
  /** 0 to 1. */
  readonly score: number;
}

interface PassageTerms {
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/** BM25 with the usual constants (Robertson & Zaragoza 2009). */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
/** Words decide; the vectors, which also know letter groups, settle misspellings and ties. */
const LEXICAL_SHARE = 0.75;
/** Unrelated texts come this near by chance, because features share axes. */
const CHANCE_SIMILARITY = 0.1;

/** Terms of passages seen before; vectors are immutable, so they can key the cache. */
const termsByVector = new WeakMap<Vector, PassageTerms>();

/**
 * Ranks passages against a question: by the share of the question's words (rare ones count more) that a passage
 * explains, and by the direction of their vectors. Passages with nothing in common are left out.
 */
export const rankPassages = (question: string, vectors: readonly Vector[]): RankedPassage[] => {
  const passages = vectors.map((vector) => ({ vector, terms: passageTerms(vector) }));
  const questionTerms = [...new Set(termsOf(question))];
  const averageLength = passages.reduce((sum, { terms }) => sum + terms.length, 0) / Math.max(1, passages.length);
  const weights = new Map(questionTerms.map((term) => [term, rarity(term, passages)]));
  const totalWeight = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const query = embedText(question, vectors[0]?.data.length ?? 1);
  return passages
    .map(({ vector, terms }) => {
      const lexical = totalWeight === 0 ? 0 : Math.min(1, explained(weights, terms, averageLength) / totalWeight);
      const similarity = Math.max(0, cosineSimilarity(query, vector.data));
      const score = LEXICAL_SHARE * lexical + (1 - LEXICAL_SHARE) * similarity;
      return { vector, score, isRelated: lexical > 0 || similarity > CHANCE_SIMILARITY };
    })
    .filter(({ isRelated }) => isRelated)
    .sort((a, b) => b.score - a.score || (a.vector.key < b.vector.key ? -1 : 1));
};

const rarity = (term: string, passages: readonly { terms: PassageTerms }[]): number => {
  const containing = passages.filter(({ terms }) => terms.counts.has(term)).length;
  return Math.log(1 + (passages.length - containing + 0.5) / (containing + 0.5));
};

const explained = (weights: ReadonlyMap<string, number>, { counts, length }: PassageTerms, averageLength: number) => {
  const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / Math.max(1, averageLength));
  return [...weights].reduce((sum, [term, weight]) => {
    const count = counts.get(term) ?? 0;
    return sum + weight * ((count * (SATURATION + 1)) / (count + norm));
  }, 0);
};

const passageTerms = (vector: Vector): PassageTerms => {
  const known = termsByVector.get(vector);
  if (known !== undefined) return known;
  const { embedded = [] } = JSON.parse(requireText(vector.metadata[METADATA_KEY] ?? '{}', METADATA_KEY)) as {
    embedded?: string[];
  };
  const terms = termsOf([...embedded, requireText(vector.metadata[TEXT_KEY] ?? '', TEXT_KEY)].join('\n'));
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  const made = { counts, length: terms.length };
  termsByVector.set(vector, made);
  return made;
};
