import type { Json, JsonObject } from '../core/service.ts';
import { requireText } from '../core/text.ts';
import type { Template } from './template.ts';

/** Where intrinsic functions find what they name. */
export interface Scope {
  readonly template: Template;
  /** Pseudo parameters (`AWS::Region`, …). */
  readonly pseudo: Readonly<Record<string, string>>;
  /** `Ref` of a resource; throws for one that is not there. */
  readonly ref: (logicalId: string) => string;
  readonly attribute: (logicalId: string, attribute: string) => string;
  readonly importValue: (exportName: string) => string;
}

/** `AWS::NoValue`: the property it stands for is left out. */
const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = Json | typeof NO_VALUE;

/** Resolves every intrinsic function of CloudFormation in a value. Throws for one it does not know or cannot resolve. */
export function resolve(value: Json, scope: Scope): Json {
  const resolved = resolveAny(value, scope);
  if (resolved === NO_VALUE) throw new Error('AWS::NoValue stands where a value is needed.');
  return resolved;
}

export function resolveText(value: Json, scope: Scope): string {
  const resolved = resolve(value, scope);
  if (typeof resolved === 'object') throw new Error(`${JSON.stringify(value)} does not resolve to text.`);
  return String(resolved);
}

function resolveAny(value: Json, scope: Scope): Resolved {
  if (Array.isArray(value)) {
    return value.map((item) => resolveAny(item, scope)).filter((item): item is Json => item !== NO_VALUE);
  }
  if (value === null || typeof value !== 'object') return value;
  const [only, ...others] = Object.entries(value);
  if (only && others.length === 0) {
    const [name, argument] = only;
    const evaluate = FUNCTIONS[name];
    if (evaluate) return evaluate(argument, scope);
    if (name.startsWith('Fn::')) throw new Error(`The embedded cloud does not know the intrinsic function ${name}.`);
  }
  const entries = Object.entries(value).map(([key, item]) => [key, resolveAny(item, scope)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== NO_VALUE));
}

function resolveRef(name: string, scope: Scope): Resolved {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const pseudo = scope.pseudo[name];
  if (pseudo !== undefined) return pseudo;
  const parameter = scope.template.Parameters?.[name];
  if (!parameter) return scope.ref(name);
  if (parameter.Default === undefined) throw new Error(`The parameter ${name} has no default.`);
  return parameter.Default;
}

function resolveAttribute(argument: Json, scope: Scope): string {
  const [logicalId = '', ...path] = Array.isArray(argument)
    ? argument.map(String)
    : requireText(argument, 'Fn::GetAtt').split('.');
  return scope.attribute(logicalId, path.join('.'));
}

function listArgument(argument: Json, name: string): Json[] {
  if (Array.isArray(argument)) return argument;
  throw new Error(`${name} takes a list.`);
}

function substitute(argument: Json, scope: Scope): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const values = (variables ?? {}) as JsonObject;
  return requireText(text, 'Fn::Sub').replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const value = values[name];
    if (value !== undefined) return resolveText(value, scope);
    return name.includes('.') ? resolveAttribute(name, scope) : requireText(resolveRef(name, scope), name);
  });
}

/** Throws for a condition that the template lacks. */
export function conditionHolds(name: string, scope: Scope): boolean {
  const condition = scope.template.Conditions?.[name];
  if (condition === undefined) throw new Error(`The template has no condition ${name}.`);
  return resolve(condition, scope) === true;
}

type IntrinsicFunction = (argument: Json, scope: Scope) => Resolved;

const truth = (value: Json, scope: Scope): boolean => resolve(value, scope) === true;

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (argument, scope) => resolveRef(requireText(argument, 'Ref'), scope),
  Condition: (argument, scope) => conditionHolds(requireText(argument, 'Condition'), scope),
  'Fn::GetAtt': resolveAttribute,
  'Fn::Sub': substitute,
  'Fn::ImportValue': (argument, scope) => scope.importValue(resolveText(argument, scope)),
  'Fn::Join': (argument, scope) => {
    const [separator = '', items = []] = listArgument(argument, 'Fn::Join');
    return listArgument(resolve(items, scope), 'Fn::Join')
      .map(String)
      .join(requireText(separator, 'The separator of Fn::Join'));
  },
  'Fn::Split': (argument, scope) => {
    const [separator = '', text = ''] = listArgument(argument, 'Fn::Split');
    return resolveText(text, scope).split(requireText(separator, 'The separator of Fn::Split'));
  },
  'Fn::Select': (argument, scope) => {
    const [index = 0, items = []] = listArgument(argument, 'Fn::Select');
    const selected = listArgument(resolve(items, scope), 'Fn::Select')[Number(resolve(index, scope))];
    if (selected === undefined) throw new Error('Fn::Select names an item that the list lacks.');
    return selected;
  },
  'Fn::If': (argument, scope) => {
    const [name = '', whenTrue = null, whenFalse = null] = listArgument(argument, 'Fn::If');
    return resolveAny(
      conditionHolds(requireText(name, 'The condition of Fn::If'), scope) ? whenTrue : whenFalse,
      scope,
    );
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map = '', first = '', second = ''] = listArgument(resolve(argument, scope), 'Fn::FindInMap').map(String);
    const found = scope.template.Mappings?.[map]?.[first]?.[second];
    if (found === undefined) throw new Error(`The template has no mapping ${map}.${first}.${second}.`);
    return found;
  },
  'Fn::Base64': (argument, scope) => Buffer.from(resolveText(argument, scope)).toString('base64'),
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolve(argument, scope)),
  'Fn::Length': (argument, scope) => listArgument(resolve(argument, scope), 'Fn::Length').length,
  'Fn::GetAZs': (_, scope) => ['a', 'b', 'c'].map((zone) => `${scope.pseudo['AWS::Region']}${zone}`),
  'Fn::Equals': (argument, scope) => {
    const [left, right] = listArgument(resolve(argument, scope), 'Fn::Equals');
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::Not': (argument, scope) => !listArgument(argument, 'Fn::Not').every((item) => truth(item, scope)),
  'Fn::And': (argument, scope) => listArgument(argument, 'Fn::And').every((item) => truth(item, scope)),
  'Fn::Or': (argument, scope) => listArgument(argument, 'Fn::Or').some((item) => truth(item, scope)),
};

export interface References {
  readonly ids: Set<string>;
  readonly imports: Json[];
}

function collectReference(name: string, argument: Json, { ids, imports }: References): void {
  if (name === 'Ref') ids.add(requireText(argument, name));
  if (name === 'Fn::ImportValue') imports.push(argument);
  if (name === 'Fn::GetAtt') {
    const path = Array.isArray(argument) ? argument : requireText(argument, name).split('.');
    ids.add(requireText(path[0], name));
  }
  if (name === 'Fn::Sub') {
    const text = requireText(Array.isArray(argument) ? argument[0] : argument, name);
    for (const [, id = ''] of text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)) ids.add(id);
  }
}

function collectReferences(value: Json, found: References): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) collectReferences(item, found);
    return;
  }
  for (const [name, argument] of Object.entries(value)) {
    collectReference(name, argument, found);
    collectReferences(argument, found);
  }
}

/** Logical ids that a value names through `Ref`, `Fn::GetAtt` and `Fn::Sub`, and exports through `Fn::ImportValue`. */
export function referencesOf(value: Json): References {
  const found: References = { ids: new Set(), imports: [] };
  collectReferences(value, found);
  return found;
}
