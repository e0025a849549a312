import type { Json, JsonObject } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';

/**
 * Whether an event matches a rule's pattern: every field the pattern names must match one of its values. Where the event
 * has an array, one element is enough (EventBridge user guide, "Amazon EventBridge event patterns").
 */
export const matchesPattern = (pattern: JsonObject, event: Json): boolean =>
  Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as JsonObject[]).some((alternative) => matchesPattern(alternative, event));
    const actual = isObject(event) ? event[field] : undefined;
    if (Array.isArray(wanted)) return matchesAny(wanted, actual);
    return isObject(wanted) && candidates(actual).some((value) => matchesPattern(wanted, value ?? null));
  });

const matchesAny = (wanted: readonly Json[], actual: Json | undefined): boolean =>
  wanted.some((matcher) => {
    if (isObject(matcher) && 'exists' in matcher) return matcher.exists === isLeaf(actual);
    // An absent field is matched by `exists: false` alone.
    return candidates(actual).some((value) => value !== undefined && matchesValue(matcher, value));
  });

/** An empty array counts as absent. */
const candidates = (actual: Json | undefined): readonly (Json | undefined)[] =>
  Array.isArray(actual) ? actual : [actual];

/** `exists` asks for leaves: an object in between does not exist in that sense. */
const isLeaf = (actual: Json | undefined): boolean =>
  actual !== undefined && !isObject(actual) && !(Array.isArray(actual) && actual.length === 0);

const matchesValue = (matcher: Json, value: Json): boolean => {
  if (!isObject(matcher)) return matcher === value;
  return Object.entries(matcher).every(([kind, argument]) => {
    const test = MATCHERS[kind];
    if (!test) throw new RangeError(`the event pattern's matcher '${kind}' is not served`);
    return test(argument, value);
  });
};

type Matcher = (argument: Json, value: Json) => boolean;

const prefix: Matcher = (argument, value) => {
  if (typeof value !== 'string') return false;
  const ignored = isObject(argument) ? argument['equals-ignore-case'] : undefined;
  return typeof ignored === 'string'
    ? value.toLowerCase().startsWith(ignored.toLowerCase())
    : value.startsWith(requireText(argument, 'prefix'));
};

const suffix: Matcher = (argument, value) => {
  if (typeof value !== 'string') return false;
  const ignored = isObject(argument) ? argument['equals-ignore-case'] : undefined;
  return typeof ignored === 'string'
    ? value.toLowerCase().endsWith(ignored.toLowerCase())
    : value.endsWith(requireText(argument, 'suffix'));
};

const wildcard: Matcher = (argument, value) => {
  const parts = requireText(argument, 'wildcard')
    .split('*')
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return typeof value === 'string' && new RegExp(`^${parts.join('.*')}$`, 's').test(value);
};

const equalsIgnoreCase: Matcher = (argument, value) =>
  typeof value === 'string' &&
  asList(argument).some((one) => requireText(one, 'equals-ignore-case').toLowerCase() === value.toLowerCase());

const anythingBut: Matcher = (argument, value) => {
  if (!isObject(argument)) return !asList(argument).includes(value);
  return !Object.entries(argument).some(([kind, one]) => asList(one).some((each) => MATCHERS[kind]?.(each, value)));
};

/** `["<", 10, ">=", 3]`: all comparisons hold. */
const numeric: Matcher = (argument, value) => {
  if (typeof value !== 'number') return false;
  const list = asList(argument);
  for (let index = 0; index < list.length; index += 2) {
    if (!COMPARISONS[requireText(list[index], 'numeric')]?.(value, Number(list[index + 1]))) return false;
  }
  return true;
};

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '=': (value, bound) => value === bound,
  '>=': (value, bound) => value >= bound,
  '>': (value, bound) => value > bound,
};

const MATCHERS: Readonly<Record<string, Matcher>> = {
  prefix,
  suffix,
  wildcard,
  numeric,
  'equals-ignore-case': equalsIgnoreCase,
  'anything-but': anythingBut,
};

const asList = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [value]);

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
