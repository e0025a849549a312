/**
 * Amazon Connect's Flow language, as `CreateContactFlow` takes it (docs.aws.amazon.com/connect/latest/APIReference,
 * "Amazon Connect Flow language"); the console's export has another form.
 */
export interface Flow {
  readonly Version: typeof FLOW_VERSION;
  readonly StartAction: string;
  readonly Actions: readonly FlowAction[];
}

export interface FlowAction {
  /** Unique in the flow, 50 characters at most. */
  readonly Identifier: string;
  readonly Type: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Transitions: FlowTransitions;
}

/** Empty where the flow ends. */
export interface FlowTransitions {
  readonly NextAction?: string;
  readonly Errors?: readonly FlowError[];
  readonly Conditions?: readonly FlowCondition[];
}

export interface FlowError {
  readonly ErrorType: string;
  readonly NextAction: string;
}

export interface FlowCondition {
  readonly NextAction: string;
  readonly Condition: { readonly Operator: string; readonly Operands: readonly string[] };
}

/** The only version there is. */
export const FLOW_VERSION = '2019-10-30';
/** Limits of the language and of `CreateContactFlow`. */
export const MAX_ACTIONS = 250;
export const MAX_CONTENT_CHARACTERS = 256_000;
const MAX_IDENTIFIER = 50;

/** Names that an identifier must not have, and signs that it must not hold (APIReference, "Actions", Identifier). */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  '__defineGetter__',
  '__defineSetter__',
  'toString',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'valueOf',
]);
const FORBIDDEN_SIGNS = /[%:(\\/)=$,;[\]{}]/;

export const isIdentifier = (text: string): boolean =>
  text.length > 0 && text.length <= MAX_IDENTIFIER && !FORBIDDEN_NAMES.has(text) && !FORBIDDEN_SIGNS.test(text);
