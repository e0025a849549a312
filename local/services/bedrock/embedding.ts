import { createHash } from 'node:crypto';
import { termsOf } from './terms.ts';

/** A word's whole stem says more than one of its letter groups, which are there for misspellings and compounds. */
const STEM_WEIGHT = 1;
const TRIGRAM_WEIGHT = 0.25;

/**
 * A deterministic embedding of a text: its stems and their letter trigrams, hashed onto `dimension` axes, length one.
 * Texts with common words point the same way; it knows no synonyms. An empty text gives a constant unit vector.
 */
export const embedText = (text: string, dimension: number): Float32Array => {
  const vector = new Float32Array(dimension);
  for (const [feature, weight] of featuresOf(text)) {
    const hash = createHash('md5').update(feature).digest();
    const axis = hash.readUInt32LE(0) % dimension;
    vector[axis] = (vector[axis] ?? 0) + (hash.readUInt8(4) % 2 === 0 ? weight : -weight);
  }
  const length = Math.hypot(...vector);
  if (length === 0) vector[0] = 1;
  return length === 0 ? vector : vector.map((value) => value / length);
};

const featuresOf = (text: string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const term of termsOf(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  const features = new Map<string, number>();
  for (const [term, count] of counts) {
    // Sublinear: the tenth occurrence of a word adds less than the first.
    const weight = 1 + Math.log(count);
    features.set(`stem:${term}`, weight * STEM_WEIGHT);
    for (const trigram of trigramsOf(term)) {
      features.set(`trigram:${trigram}`, (features.get(`trigram:${trigram}`) ?? 0) + weight * TRIGRAM_WEIGHT);
    }
  }
  return features;
};

const trigramsOf = (term: string): string[] => {
  const padded = ` ${term} `;
  return Array.from({ length: Math.max(0, padded.length - 2) }, (_, at) => padded.slice(at, at + 3));
};
