import type { Json, JsonObject } from '../../../core/service.ts';
import type { StateMachineDefinition } from './definition.ts';
import { expressionSource, parseExpression } from './expression.ts';
import { isLambdaResource } from './lambda-task.ts';

/** A definition that Step Functions would refuse with `InvalidDefinition`; the message says where. */
class InvalidDefinition extends Error {
  constructor(message: string) {
    super(`Invalid State Machine Definition: ${message}`);
    this.name = 'InvalidDefinition';
  }
}

const TYPES = new Set(['Pass', 'Task', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map']);
/** Fields that only the query language JSONPath has. */
const JSONPATH_FIELDS = ['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector', 'ItemsPath'];

/**
 * Reads a definition and checks what the interpreter relies on: the language, every transition, every expression.
 * @throws InvalidDefinition
 */
export const parseDefinition = (text: string): StateMachineDefinition => {
  const definition = readJson(text);
  if (definition.QueryLanguage !== 'JSONata') fail('/QueryLanguage', 'only JSONata is served here');
  checkBlock(definition, '');
  return definition as unknown as StateMachineDefinition;
};

const readJson = (text: string): JsonObject => {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new InvalidDefinition(`INVALID_JSON_DESCRIPTION: ${error instanceof Error ? error.message : String(error)}`);
  }
  return objectAt(value, '');
};

const checkBlock = (block: JsonObject, path: string): void => {
  const states = objectAt(block.States ?? null, `${path}/States`);
  requireState(states, block.StartAt, `${path}/StartAt`);
  for (const [name, state] of Object.entries(states))
    checkState(objectAt(state, name), states, `${path}/States/${name}`);
};

const checkState = (state: JsonObject, states: JsonObject, path: string): void => {
  const type = shown(state.Type);
  if (!TYPES.has(type)) fail(`${path}/Type`, `unknown state type '${type}'`);
  for (const field of JSONPATH_FIELDS) {
    if (field in state) fail(`${path}/${field}`, 'not allowed when the query language is JSONata');
  }
  checkTransitions(state, type, states, path);
  checkChildren(state, type, path);
  const { Branches: _branches, ItemProcessor: _processor, ...own } = state;
  checkExpressions(own, path);
};

const checkTransitions = (state: JsonObject, type: string, states: JsonObject, path: string): void => {
  const goesOn = !['Choice', 'Succeed', 'Fail'].includes(type);
  if (goesOn && state.Next === undefined && state.End !== true) fail(path, 'neither Next nor End');
  if (state.Next !== undefined) requireState(states, state.Next, `${path}/Next`);
  if (state.Default !== undefined) requireState(states, state.Default, `${path}/Default`);
  for (const field of ['Choices', 'Catch']) {
    for (const [index, rule] of listAt(state[field], `${path}/${field}`).entries()) {
      requireState(states, objectAt(rule, path).Next, `${path}/${field}[${index}]/Next`);
    }
  }
  if (type === 'Choice' && listAt(state.Choices, path).length === 0) fail(`${path}/Choices`, 'no choice rule');
};

const checkChildren = (state: JsonObject, type: string, path: string): void => {
  if (type === 'Task' && !isLambdaResource(shown(state.Resource))) {
    fail(`${path}/Resource`, `the resource '${shown(state.Resource)}' is not served here`);
  }
  if (type === 'Map') {
    const processor = objectAt(state.ItemProcessor ?? null, `${path}/ItemProcessor`);
    const config = objectAt(processor.ProcessorConfig ?? {}, path);
    if (config.Mode === 'DISTRIBUTED') fail(`${path}/ItemProcessor`, 'distributed maps are not served here');
    checkBlock(processor, `${path}/ItemProcessor`);
  }
  if (type !== 'Parallel') return;
  const branches = listAt(state.Branches, `${path}/Branches`);
  if (branches.length === 0) fail(`${path}/Branches`, 'no branch');
  for (const [index, branch] of branches.entries()) {
    checkBlock(objectAt(branch, path), `${path}/Branches[${index}]`);
  }
};

const checkExpressions = (value: Json, path: string): void => {
  if (value !== null && typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) checkExpressions(member, `${path}/${name}`);
    return;
  }
  const source = expressionSource(value);
  if (source === undefined) return;
  try {
    parseExpression(source);
  } catch (error) {
    fail(path, error instanceof Error ? error.message : String(error));
  }
};

/** A value as a message names it. */
const shown = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

const requireState = (states: JsonObject, name: Json | undefined, path: string): void => {
  if (typeof name !== 'string' || !Object.hasOwn(states, name)) fail(path, `no state '${shown(name)}'`);
};

const objectAt = (value: Json, path: string): JsonObject => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return fail(path, 'expected an object');
  return value;
};

const listAt = (value: Json | undefined, path: string): Json[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : fail(path, 'expected an array');
};

const fail = (path: string, message: string): never => {
  throw new InvalidDefinition(`SCHEMA_VALIDATION_FAILED: ${message} at ${path || '/'}`);
};
