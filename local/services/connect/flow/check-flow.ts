import { ACTION_TYPES, type ActionType, OPERATORS, type ParameterRule, UNSERVED_TYPES } from './action-types.ts';

/** Largest content and most actions of a flow (API reference, CreateContactFlow; service quotas). */
const MOST_CHARACTERS = 256_000;
const MOST_ACTIONS = 250;

/** Whether a queue, flow or set of hours of the instance is there, by id or ARN. */
export interface KnownResources {
  readonly has: (kind: 'queue' | 'flow' | 'hours', idOrArn: string) => boolean;
}

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isDynamic = (value: unknown): boolean => typeof value === 'string' && value.startsWith('$.');

/**
 * What is wrong with the content of a flow, each problem with the path of the member it is about; empty when nothing is.
 * Checks the document's shape, each action's parameters, branches and errors, that every branch leads somewhere, and
 * that what is named by a fixed id exists.
 */
export function flowProblems(content: string, flowType: string, known: KnownResources): readonly string[] {
  if (content.length > MOST_CHARACTERS) return ['The content is too long.'];
  let flow: unknown;
  try {
    flow = JSON.parse(content);
  } catch {
    return ['Invalid JSON.'];
  }
  if (!isObject(flow)) return ['Invalid JSON.'];
  const { Version, StartAction, Actions } = flow;
  const problems: string[] = [];
  if (Version !== '2019-10-30') problems.push('Invalid Flow version. Path: Version');
  if (!Array.isArray(Actions) || Actions.length === 0) return [...problems, 'Missing required property. Path: Actions'];
  if (Actions.length > MOST_ACTIONS) problems.push('Too many actions. Path: Actions');
  const ids = Actions.map((action: unknown) => (isObject(action) ? action.Identifier : undefined));
  const check: Check = { ids: new Set(ids.filter(isText)), flowType, known };
  if (!isText(StartAction) || !check.ids.has(StartAction)) problems.push('Invalid StartAction. Path: StartAction');
  return [
    ...problems,
    ...Actions.flatMap((action: unknown, index) => {
      const path = `Actions[${index}]`;
      if (!isObject(action)) return [`Invalid Action. Path: ${path}`];
      const repeated = ids.indexOf(action.Identifier) < index;
      return [
        ...(repeated ? [`Duplicate Action Identifier. Path: ${path}.Identifier`] : []),
        ...actionProblems(action, path, check),
      ];
    }),
  ];
}

interface Check {
  readonly ids: ReadonlySet<string>;
  readonly flowType: string;
  readonly known: KnownResources;
}

function actionProblems(action: Loose, path: string, check: Check): string[] {
  const { Identifier, Type, Parameters = {}, Transitions = {} } = action;
  if (!isText(Identifier)) return [`Missing required Action property. Path: ${path}.Identifier`];
  if (!isText(Type)) return [`Missing required Action property. Path: ${path}.Type`];
  const type = ACTION_TYPES[Type];
  if (type === undefined && !UNSERVED_TYPES.has(Type)) return [`Invalid Action type. Path: ${path}.Type`];
  if (!isObject(Parameters)) return [`Invalid Action property. Path: ${path}.Parameters`];
  if (!isObject(Transitions)) return [`Invalid Action property. Path: ${path}.Transitions`];
  const branches = branchProblems(Transitions, `${path}.Transitions`, check);
  if (type === undefined) return branches;
  const misplaced = type.notIn?.includes(check.flowType) ?? false;
  return [
    ...(misplaced ? [`Action type is not supported in a flow of this type. Path: ${path}.Type`] : []),
    ...parameterProblems(type, Parameters, `${path}.Parameters`),
    ...resourceProblems(Type, Parameters, `${path}.Parameters`, check.known),
    ...transitionProblems(type, Parameters, Transitions, `${path}.Transitions`),
    ...branches,
  ];
}

function parameterProblems(type: ActionType, given: Loose, path: string): string[] {
  const { parameters = {}, required = [], oneOf } = type;
  const missing = required.filter((name) => given[name] === undefined);
  const chosen = oneOf?.filter((name) => given[name] !== undefined).length ?? 1;
  return [
    ...missing.map((name) => `Missing required Action property. Path: ${path}.${name}`),
    ...(chosen === 1 ? [] : [`Exactly one of ${oneOf?.join(', ')} is required. Path: ${path}`]),
    ...Object.entries(given).flatMap(([name, value]) => {
      const rule = parameters[name];
      if (rule === undefined) return [`Invalid Action property object key. Path: ${path}.${name}`];
      return isValid(rule, value) ? [] : [`Invalid Action property value. Path: ${path}.${name}`];
    }),
  ];
}

/** Every value of the language is a text, an object or a list: a bare number or boolean is refused. */
function isValid(rule: ParameterRule, value: unknown): boolean {
  switch (rule.kind) {
    case 'text':
      return isText(value);
    case 'object':
      return isObject(value) && hasOnlyTexts(value);
    case 'list':
      return Array.isArray(value) && hasOnlyTexts(value);
    case 'one-of':
      return isText(value) && rule.values.includes(value);
    case 'number':
      return (
        isDynamic(value) ||
        (isText(value) && /^\d+$/.test(value) && Number(value) >= rule.min && Number(value) <= rule.max)
      );
  }
}

const hasOnlyTexts = (value: unknown): boolean =>
  typeof value === 'string' ||
  (typeof value === 'object' && value !== null && Object.values(value).every(hasOnlyTexts));

function transitionProblems(type: ActionType, parameters: Loose, transitions: Loose, path: string): string[] {
  const { NextAction, Errors, Conditions } = transitions;
  if (type.ends) {
    const goesOn = NextAction !== undefined || (Array.isArray(Errors) && Errors.length > 0);
    return goesOn ? [`Invalid Action property. Path: ${path}`] : [];
  }
  const { errors = [], otherErrors = [] } = type;
  const handled = listOf(Errors).map((branch) => (isObject(branch) ? branch.ErrorType : undefined));
  const allowed = [...errors, ...otherErrors, 'NoMatchingError'];
  return [
    ...(isText(NextAction) ? [] : [`Missing required Action property. Path: ${path}.NextAction`]),
    ...(type.errorsOf?.(parameters) ?? errors)
      .filter((error) => !handled.includes(error))
      .map((error) => `Missing required error transition ${error}. Path: ${path}.Errors`),
    ...handled.flatMap((error, index) =>
      allowed.includes(String(error)) ? [] : [`Invalid Action error type. Path: ${path}.Errors[${index}].ErrorType`],
    ),
    ...(type.conditions || listOf(Conditions).length === 0
      ? []
      : [`Conditions are not supported. Path: ${path}.Conditions`]),
  ];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Branches that lead nowhere, and conditions that are none. */
function branchProblems({ NextAction, Errors, Conditions }: Loose, path: string, { ids }: Check): string[] {
  const leads = (target: unknown, at: string) =>
    isText(target) && ids.has(target) ? [] : [`Invalid Action property value. Path: ${at}`];
  return [
    ...(NextAction === undefined ? [] : leads(NextAction, `${path}.NextAction`)),
    ...listOf(Errors).flatMap((branch, index) =>
      leads((branch as Loose).NextAction, `${path}.Errors[${index}].NextAction`),
    ),
    ...listOf(Conditions).flatMap((branch, index) => {
      const at = `${path}.Conditions[${index}]`;
      const { NextAction: target, Condition } = isObject(branch) ? branch : {};
      return [
        ...leads(target, `${at}.NextAction`),
        ...(isCondition(Condition) ? [] : [`Invalid Condition. Path: ${at}.Condition`]),
      ];
    }),
  ];
}

const isCondition = (condition: unknown): boolean => {
  if (!isObject(condition) || !OPERATORS.has(String(condition.Operator))) return false;
  const operands = listOf(condition.Operands);
  return operands.length === 1 && typeof operands[0] === 'string';
};

/** Parameters that name a resource of the instance. */
const REFERENCES: Readonly<Record<string, readonly ['queue' | 'flow' | 'hours', string]>> = {
  UpdateContactTargetQueue: ['queue', 'QueueId'],
  CheckHoursOfOperation: ['hours', 'HoursOfOperationId'],
  TransferToFlow: ['flow', 'ContactFlowId'],
};

function resourceProblems(type: string, parameters: Loose, path: string, known: KnownResources): string[] {
  const [kind, name] = REFERENCES[type] ?? [];
  if (kind === undefined || name === undefined) return [];
  const named = parameters[name];
  if (!isText(named) || isDynamic(named) || known.has(kind, named)) return [];
  return [`Invalid resource. Path: ${path}.${name}`];
}
