import type { FilterAttribute, RetrievalFilter } from '@aws-sdk/client-bedrock-agent-runtime';
import { validation } from '../bedrock/common.ts';
import type { Metadata } from '../s3vectors/metadata-filter.ts';

type Comparison = (actual: unknown, value: unknown) => boolean;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const numbers =
  (holds: (actual: number, value: number) => boolean): Comparison =>
  (actual, value) =>
    typeof actual === 'number' && typeof value === 'number' && holds(actual, value);

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  equals: (actual, value) => actual === value,
  notEquals: (actual, value) => actual !== value,
  greaterThan: numbers((actual, value) => actual > value),
  greaterThanOrEquals: numbers((actual, value) => actual >= value),
  lessThan: numbers((actual, value) => actual < value),
  lessThanOrEquals: numbers((actual, value) => actual <= value),
  in: (actual, value) => listOf(value).includes(actual),
  notIn: (actual, value) => !listOf(value).includes(actual),
  listContains: (actual, value) => Array.isArray(actual) && actual.includes(value),
};

/** Operators of the API that S3 Vectors can't serve (Bedrock API reference, `RetrievalFilter`). */
const NOT_IN_S3_VECTORS = ['startsWith', 'stringContains'];

/** Whether a passage's metadata satisfies a Bedrock filter. Throws `ValidationException` as Bedrock does. */
export const satisfies = (filter: RetrievalFilter, metadata: Metadata): boolean => {
  if (filter.andAll !== undefined) return partsOf(filter.andAll).every((part) => satisfies(part, metadata));
  if (filter.orAll !== undefined) return partsOf(filter.orAll).some((part) => satisfies(part, metadata));
  const [operator = '', attribute] = Object.entries(filter).find(([, value]) => value !== undefined) ?? [];
  if (NOT_IN_S3_VECTORS.includes(operator)) {
    throw validation(`The filter ${operator} is not supported by vector stores of type S3_VECTORS.`);
  }
  const compare = COMPARISONS[operator];
  if (compare === undefined) throw validation('The filter must have exactly one operator.');
  const { key, value } = attribute as FilterAttribute;
  if (key === undefined) throw validation('A filter needs a key.');
  return compare(metadata[key], value);
};

const partsOf = (parts: RetrievalFilter[]): RetrievalFilter[] => {
  if (parts.length < 2) throw validation('andAll and orAll need at least two filters.');
  return parts;
};
