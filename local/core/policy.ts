import type { JsonObject, Need, PolicyStatement } from './service.ts';

/** Values of condition keys of one request. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

type Many<T> = T | readonly T[] | undefined;
const listOf = <T extends string | boolean>(value: Many<T>): readonly string[] => {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
};

const patterns = new Map<string, RegExp>();

/** A wildcard pattern of IAM as a regular expression: `*` any text, `?` one character. */
function wildcard(pattern: string, ignoreCase = false): RegExp {
  const key = `${ignoreCase}${pattern}`;
  const known = patterns.get(key);
  if (known) return known;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const made = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
  patterns.set(key, made);
  return made;
}

type Test = (actual: string, expected: string) => boolean;

const equals: Test = (actual, expected) => actual === expected;
const like: Test = (actual, expected) => wildcard(expected).test(actual);
const equalsIgnoringCase: Test = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();
const compareNumbers =
  (holds: (a: number, b: number) => boolean): Test =>
  (actual, expected) =>
    holds(Number(actual), Number(expected));
const compareDates =
  (holds: (a: number, b: number) => boolean): Test =>
  (actual, expected) =>
    holds(Date.parse(actual), Date.parse(expected));

/** Positive operators; a negated one (`StringNotEquals`) is true when its positive form is not. */
const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: equalsIgnoringCase,
  BinaryEquals: equals,
  NumericEquals: compareNumbers((a, b) => a === b),
  NumericLessThan: compareNumbers((a, b) => a < b),
  NumericLessThanEquals: compareNumbers((a, b) => a <= b),
  NumericGreaterThan: compareNumbers((a, b) => a > b),
  NumericGreaterThanEquals: compareNumbers((a, b) => a >= b),
  DateEquals: compareDates((a, b) => a === b),
  DateLessThan: compareDates((a, b) => a < b),
  DateLessThanEquals: compareDates((a, b) => a <= b),
  DateGreaterThan: compareDates((a, b) => a > b),
  DateGreaterThanEquals: compareDates((a, b) => a >= b),
};

interface Operator {
  readonly test: Test;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly set: 'ForAnyValue' | 'ForAllValues' | undefined;
}

/** Throws for an operator that IAM does not have: a policy is never read as something weaker than it says. */
function readOperator(name: string): Operator {
  const [, set, body = ''] = /^(?:(ForAnyValue|ForAllValues):)?(.+)$/.exec(name) ?? [];
  const ifExists = body.endsWith('IfExists');
  const plain = ifExists ? body.slice(0, -'IfExists'.length) : body;
  const negated = plain.includes('Not');
  const test = OPERATORS[plain.replace('Not', '')];
  if (!test) throw new Error(`IAM policies have no condition operator "${name}"`);
  return { test, negated, ifExists, set: set as Operator['set'] };
}

function substitute(text: string, context: ConditionContext): string {
  return text.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => {
    const value = context[name];
    return typeof value === 'string' ? value : ({ '*': '*', '?': '?', $: '$' }[name] ?? whole);
  });
}

function conditionHolds(name: string, key: string, expected: readonly string[], context: ConditionContext): boolean {
  const value = findKey(context, key);
  if (name === 'Null') return (value === undefined) === (expected[0] === 'true');
  const { test, negated, ifExists, set } = readOperator(name);
  if (value === undefined) return ifExists || negated || set === 'ForAllValues';
  const matches = (actual: string): boolean => {
    const any = expected.some((candidate) => test(actual, substitute(candidate, context)));
    return negated ? !any : any;
  };
  const actuals = typeof value === 'string' ? [value] : value;
  return set === 'ForAllValues' ? actuals.every(matches) : actuals.some(matches);
}

/** Condition keys are not case-sensitive, tag keys within them aside. */
function findKey(context: ConditionContext, key: string): string | readonly string[] | undefined {
  if (key in context) return context[key];
  const name = Object.keys(context).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  return name === undefined ? undefined : context[name];
}

function statementApplies(statement: PolicyStatement, need: Need, context: ConditionContext): boolean {
  const actions = listOf(statement.Action);
  const excluded = listOf(statement.NotAction);
  const namesAction = (pattern: string) => wildcard(pattern, true).test(need.action);
  if (actions.length > 0 ? !actions.some(namesAction) : excluded.some(namesAction)) return false;
  const resources = listOf(statement.Resource);
  const spared = listOf(statement.NotResource);
  const namesResource = (pattern: string) => wildcard(substitute(pattern, context)).test(need.resource);
  if (resources.length > 0 ? !resources.some(namesResource) : spared.some(namesResource)) return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => conditionHolds(operator, key, listOf(expected), context)),
  );
}

export type Decision = 'allowed' | 'explicit-deny' | 'implicit-deny';

/** What a set of policy documents says about one need. */
export function evaluate(documents: readonly JsonObject[], need: Need, context: ConditionContext): Decision {
  let decision: Decision = 'implicit-deny';
  for (const document of documents) {
    const { Statement = [] } = document as { Statement?: unknown };
    for (const statement of (Array.isArray(Statement) ? Statement : [Statement]) as PolicyStatement[]) {
      if (!statementApplies(statement, need, context)) continue;
      if (statement.Effect === 'Deny') return 'explicit-deny';
      decision = 'allowed';
    }
  }
  return decision;
}
