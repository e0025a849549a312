import { createHash } from 'node:crypto';
import type { Json } from '../../../core/service.ts';
import { StatesError } from './errors.ts';

/** Most elements `$range` and `$partition` give (developer guide, "JSONata functions provided by Step Functions"). */
const MAX_RANGE_ELEMENTS = 1_000;
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Chance and time for the functions that need them. */
export interface FunctionSources {
  readonly random: () => number;
  readonly newId: () => string;
  readonly nowMs: () => number;
}

/** The functions Step Functions adds to JSONata, and `$now`/`$millis` on the injected clock. `$eval` is withheld, as on AWS. */
export const stepFunctions = ({ random, newId, nowMs }: FunctionSources): Record<string, unknown> => ({
  partition,
  range,
  hash,
  parse: (text: string): Json => JSON.parse(text) as Json,
  uuid: () => newId(),
  random: (seed?: number) => (seed === undefined ? random() : seeded(seed)),
  now: () => new Date(nowMs()).toISOString(),
  millis: () => nowMs(),
  eval: () => {
    throw new StatesError('States.QueryEvaluationError', 'The function $eval is not supported; use $parse');
  },
});

const partition = (array: readonly Json[], size: number): Json[][] => {
  if (!(size >= 1)) throw new StatesError('States.QueryEvaluationError', '$partition needs a size of at least 1');
  const chunks: Json[][] = [];
  for (let start = 0; start < array.length; start += size) chunks.push(array.slice(start, start + size));
  return chunks;
};

const range = (first: number, last: number, step = 1): number[] => {
  const count = Math.floor((last - first) / step) + 1;
  if (step === 0 || !Number.isFinite(count) || count > MAX_RANGE_ELEMENTS) {
    throw new StatesError('States.QueryEvaluationError', `$range gives at most ${MAX_RANGE_ELEMENTS} elements`);
  }
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
};

const hash = (text: string, algorithm = 'SHA-1'): string => {
  const name = HASHES[algorithm];
  if (!name) throw new StatesError('States.QueryEvaluationError', `$hash does not know ${algorithm}`);
  return createHash(name).update(text).digest('hex');
};

/** One number in [0, 1) that is the same for the same seed (mulberry32). */
const seeded = (seed: number): number => {
  let state = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
};
