import type * as z from 'zod';
import { PROBLEMS, type ProblemCode, type RefusedDetail, refused } from '../kernel/problems.ts';
import { pointer } from './pointer.ts';

/** The value as the schema gives it; throws a problem that points at each wrong place below `base` (`query`, `headers`, …). */
export const parseWith = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  base: readonly string[] = [],
): z.output<Schema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.flatMap((issue) => detailsOf(issue, base));
  throw refused([first ?? { pointer: pointer(...base), message: 'Not valid.', code: 'invalid-request' }, ...others]);
};

const detailsOf = (issue: z.core.$ZodIssue, base: readonly string[]): RefusedDetail[] => {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointer(...base, ...issue.path, key),
      message: 'This field is not known.',
      code: 'invalid-request',
    }));
  }
  return [{ pointer: pointer(...base, ...issue.path), message: messageOf(issue), code: codeOf(issue) }];
};

const messageOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_type') return `Expected ${issue.expected}.`;
  return issue.message;
};

/** A check of ours may name its problem in `params.problem`. */
const codeOf = (issue: z.core.$ZodIssue): ProblemCode => {
  const named: unknown = issue.code === 'custom' ? issue.params?.problem : undefined;
  return typeof named === 'string' && named in PROBLEMS ? (named as ProblemCode) : 'invalid-request';
};
