/** A change of one attribute: where, and what to put there. `null` removes it, `undefined` leaves it alone. */
export type AttributeChange = {
  /** Names from the top of the row downwards: `['provisioning', 'steps', 'CheckCode']`. */
  readonly path: readonly string[];
} & (
  | {
      readonly value: unknown;
      /** What this attribute holds before the write is put there instead, if there is such an attribute. */
      readonly unless?: readonly string[];
    }
  /** What that attribute holds before the write. */
  | { readonly copy: readonly string[] }
);

/** What DynamoDB takes for one conditional update. Placeholders are short: an expression may have 4 KB. */
export interface UpdateParts {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** One comparison that must hold for the write to happen; all of them are joined by AND. */
export type Condition =
  | { readonly path: readonly string[]; readonly equals: unknown }
  | { readonly path: readonly string[]; readonly in: readonly unknown[] }
  | { readonly path: readonly string[]; readonly exists: boolean };

/** Builds the update of `changes` under `conditions`, adding `increment` to the counters named. */
export const updateParts = (
  changes: readonly AttributeChange[],
  conditions: readonly Condition[],
  increment: Readonly<Record<string, number>> = {},
): UpdateParts => {
  const names = placeholders<string>('#');
  const values = placeholders<unknown>(':');
  const at = (path: readonly string[]): string => path.map(names.of).join('.');
  const set = changes.flatMap((change) => {
    if ('copy' in change) return [`${at(change.path)}=${at(change.copy)}`];
    const { path, value, unless } = change;
    if (value === undefined || value === null) return [];
    const wanted = values.of(value);
    return [`${at(path)}=${unless === undefined ? wanted : `if_not_exists(${at(unless)},${wanted})`}`];
  });
  const counters = Object.entries(increment).map(([name, by]) => `${at([name])}=${at([name])}+${values.of(by)}`);
  const removed = changes.flatMap((change) => ('value' in change && change.value === null ? [at(change.path)] : []));
  const clauses = [clause('SET', [...set, ...counters]), clause('REMOVE', removed)].filter((part) => part !== '');
  const condition = conditions.map((one) => conditionText(one, at, values.of)).join(' AND ');
  return {
    UpdateExpression: clauses.join(' '),
    ConditionExpression: condition,
    ExpressionAttributeNames: names.all(),
    ExpressionAttributeValues: values.all(),
  };
};

const clause = (word: string, parts: readonly string[]): string =>
  parts.length === 0 ? '' : `${word} ${parts.join(',')}`;

const conditionText = (
  condition: Condition,
  at: (path: readonly string[]) => string,
  value: (value: unknown) => string,
): string => {
  const path = at(condition.path);
  if ('equals' in condition) return `${path}=${value(condition.equals)}`;
  if ('in' in condition) return `${path} IN (${condition.in.map(value).join(',')})`;
  return `${condition.exists ? 'attribute_exists' : 'attribute_not_exists'}(${path})`;
};

const placeholders = <T>(sign: '#' | ':') => {
  const seen = new Map<T, string>();
  return {
    of: (item: T): string => {
      const known = seen.get(item) ?? `${sign}${seen.size.toString(36)}`;
      seen.set(item, known);
      return known;
    },
    all: (): Record<string, T> => Object.fromEntries([...seen].map(([item, name]) => [name, item])),
  };
};
