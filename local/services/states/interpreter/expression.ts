import jsonata from 'jsonata';
import type { Json } from '../../../core/service.ts';
import { StatesError } from './errors.ts';

/** What an expression can see: variables by name, and `states`. */
export type Bindings = Readonly<Record<string, unknown>>;

const DELIMITED = /^\{%([\s\S]*)%\}$/;
/** An expression that runs longer, nests deeper or collects more than this fails instead of holding up every execution. */
const GUARDRAILS = { timeout: 2_000, stack: 500, sequence: 1_000_000 };
/** Parsed expressions by source: a polling loop evaluates the same few over and over. */
const parsed = new Map<string, jsonata.Expression>();

/** The JSONata source of a `{% … %}` string; undefined for any other value, which stands for itself. */
export const expressionSource = (value: Json): string | undefined =>
  typeof value === 'string' ? DELIMITED.exec(value)?.[1] : undefined;

/** Throws a `SyntaxError` naming the expression when it is not JSONata. */
export const parseExpression = (source: string): jsonata.Expression => {
  const known = parsed.get(source);
  if (known) return known;
  try {
    const expression = jsonata(source, GUARDRAILS);
    parsed.set(source, expression);
    return expression;
  } catch (error) {
    throw new SyntaxError(`'${source.trim()}': ${messageOf(error)}`);
  }
};

/**
 * Evaluates a template: every `{% … %}` string in it, however deep, becomes its value.
 * @param field the field's name, for the message
 * @throws StatesError `States.QueryEvaluationError` when an expression fails, or gives nothing or a function
 */
export const evaluate = async (template: Json, bindings: Bindings, field: string): Promise<Json> => {
  const source = expressionSource(template);
  if (source !== undefined) return evaluateSource(source, bindings, field);
  if (Array.isArray(template)) {
    return Promise.all(template.map((item, index) => evaluate(item, bindings, `${field}[${index}]`)));
  }
  if (template === null || typeof template !== 'object') return template;
  const entries = Object.entries(template).map(
    async ([name, value]) => [name, await evaluate(value, bindings, `${field}/${name}`)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

const evaluateSource = async (source: string, bindings: Bindings, field: string): Promise<Json> => {
  const value = await resultOf(source, bindings, field);
  const described = `The JSONata expression '${source.trim()}' specified for the field '${field}' returned`;
  if (value === undefined) throw queryError(`${described} nothing (undefined).`);
  if (typeof value === 'function') throw queryError(`${described} a function.`);
  // JSONata marks its sequences with extra properties and may share arrays with its input: hand out plain copies.
  const copy = JSON.stringify(value);
  if (copy === undefined) throw queryError(`${described} an unsupported result type.`);
  return JSON.parse(copy) as Json;
};

const resultOf = async (source: string, bindings: Bindings, field: string): Promise<unknown> => {
  try {
    return await parseExpression(source).evaluate(undefined, { ...bindings });
  } catch (error) {
    throw queryError(
      `The JSONata expression '${source.trim()}' specified for the field '${field}' threw an error during evaluation. ${messageOf(error)}`,
    );
  }
};

const queryError = (cause: string): StatesError => new StatesError('States.QueryEvaluationError', cause);

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
