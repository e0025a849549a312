/** The whole of what generated code may touch besides the kit and its own names. Anything not listed is refused. */
interface AllowedGlobal {
  /** Static members that may be read, as in `Math.round`. */
  readonly members: readonly string[];
  /** May be called, or passed on as a function: `Number(x)`, `values.map(String)`. */
  readonly call?: true;
  /** May be constructed, with at least this many arguments. */
  readonly minConstructorArguments?: number;
}

const ALLOWED_GLOBALS: Readonly<Record<string, AllowedGlobal>> = {
  Array: { members: ['from', 'isArray', 'of'] },
  Boolean: { members: [], call: true },
  // Not `Date.now` nor `new Date()`: the date of the conversation is `context.today`.
  Date: { members: ['parse', 'UTC'], minConstructorArguments: 1 },
  Intl: { members: ['DateTimeFormat', 'ListFormat', 'NumberFormat', 'PluralRules'] },
  JSON: { members: ['stringify'] },
  Map: { members: ['groupBy'], minConstructorArguments: 0 },
  Math: {
    members: ['abs', 'ceil', 'floor', 'max', 'min', 'pow', 'round', 'sign', 'sqrt', 'trunc', 'log10', 'PI'],
  },
  Number: {
    members: [
      'isFinite',
      'isInteger',
      'isNaN',
      'isSafeInteger',
      'parseFloat',
      'parseInt',
      'MAX_SAFE_INTEGER',
      'EPSILON',
    ],
    call: true,
  },
  // Nothing that reaches a prototype or changes an object.
  Object: { members: ['entries', 'fromEntries', 'groupBy', 'hasOwn', 'keys', 'values'] },
  Set: { members: [], minConstructorArguments: 0 },
  String: { members: ['fromCodePoint'], call: true },
  isFinite: { members: [], call: true },
  isNaN: { members: [], call: true },
  parseFloat: { members: [], call: true },
  parseInt: { members: [], call: true },
};

export const allowedGlobal = (name: string): AllowedGlobal | undefined =>
  Object.hasOwn(ALLOWED_GLOBALS, name) ? ALLOWED_GLOBALS[name] : undefined;

export const ALLOWED_CONSTANTS: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity']);

/** Names that lead from a value to its prototype, its constructor or its caller, and from there to anything. */
export const FORBIDDEN_PROPERTIES: ReadonlySet<string> = new Set([
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  'caller',
  'callee',
  'arguments',
]);

/**
 * Names a file may not declare: those of every global of the process that checks (Node's and the language's), and of
 * Node's module wrapper. So an identifier that the file declares is never a global in another scope, and the rules for
 * `Object` cannot be talked away by a local `Object`.
 */
const MODULE_NAMES = ['require', 'module', 'exports', '__filename', '__dirname', 'eval', 'arguments', 'window', 'self'];

export const isReservedName = (name: string): boolean =>
  MODULE_NAMES.includes(name) ||
  Object.getOwnPropertyNames(globalThis).includes(name) ||
  FORBIDDEN_PROPERTIES.has(name);
