import { validation } from '../bedrock/common.ts';

/** Metadata of a vector: strings, numbers, booleans and lists of them. */
export type Metadata = Readonly<Record<string, unknown>>;

type Comparison = (actual: unknown, operand: unknown) => boolean;

const valuesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const numbers =
  (holds: (actual: number, operand: number) => boolean): Comparison =>
  (actual, operand) =>
    typeof actual === 'number' && typeof operand === 'number' && holds(actual, operand);

/** S3 Vectors user guide, "Metadata filtering": a list matches `$eq` when one of its members does. */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  $eq: (actual, operand) => valuesOf(actual).includes(operand),
  $ne: (actual, operand) => !valuesOf(actual).includes(operand),
  $gt: numbers((actual, operand) => actual > operand),
  $gte: numbers((actual, operand) => actual >= operand),
  $lt: numbers((actual, operand) => actual < operand),
  $lte: numbers((actual, operand) => actual <= operand),
  $in: (actual, operand) => valuesOf(operand).some((member) => valuesOf(actual).includes(member)),
  $nin: (actual, operand) => !valuesOf(operand).some((member) => valuesOf(actual).includes(member)),
  $exists: (actual, operand) => (actual !== undefined) === operand,
};

/** Whether metadata satisfies an S3 Vectors filter document. Throws `ValidationException` for an unknown operator. */
export const matchesFilter = (filter: unknown, metadata: Metadata): boolean => {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) throw validation('Invalid query filter');
  return Object.entries(filter).every(([key, condition]) => matchesEntry(key, condition, metadata));
};

const matchesEntry = (key: string, condition: unknown, metadata: Metadata): boolean => {
  if (key === '$and') return valuesOf(condition).every((part) => matchesFilter(part, metadata));
  if (key === '$or') return valuesOf(condition).some((part) => matchesFilter(part, metadata));
  if (key.startsWith('$')) throw validation(`Invalid query filter: unknown operator ${key}`);
  const actual = metadata[key];
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
    return COMPARISONS.$eq?.(actual, condition) ?? false;
  }
  return Object.entries(condition).every(([operator, operand]) => {
    const compare = COMPARISONS[operator];
    if (compare === undefined) throw validation(`Invalid query filter: unknown operator ${operator}`);
    return compare(actual, operand);
  });
};
