import * as z from 'zod';
import { ACTION_RULES, type ActionRule } from './action-rules.ts';
import {
  FLOW_VERSION,
  type Flow,
  type FlowAction,
  isIdentifier,
  MAX_ACTIONS,
  MAX_CONTENT_CHARACTERS,
} from './flow-language.ts';

/** A place where a flow is wrong. */
export interface FlowProblem {
  /** As AWS writes it: `Actions[2].Transitions.NextAction`. */
  readonly path: string;
  readonly message: string;
}

const target = z.string().min(1);
const FlowShape = z.strictObject({
  Version: z.literal(FLOW_VERSION),
  StartAction: z.string(),
  Metadata: z.unknown().optional(),
  Actions: z
    .array(
      z.strictObject({
        Identifier: z.string().refine(isIdentifier, 'not an identifier of the language'),
        Type: z.string(),
        Parameters: z.record(z.string(), z.unknown()),
        Transitions: z.strictObject({
          NextAction: target.optional(),
          Errors: z.array(z.strictObject({ ErrorType: z.string(), NextAction: target })).optional(),
          Conditions: z
            .array(
              z.strictObject({
                NextAction: target,
                Condition: z.strictObject({ Operator: z.literal('Equals'), Operands: z.array(z.string()).length(1) }),
              }),
            )
            .optional(),
        }),
      }),
    )
    .min(1)
    .max(MAX_ACTIONS),
});

/**
 * Everything that Amazon Connect would refuse about a flow, or that would leave a contact without a way on: its shape,
 * each transition's target, each type's parameters, error branches and conditions, identifiers used twice, actions that
 * nothing leads to, and actions from which no end can be reached. Empty for a flow that is right.
 */
export const flowProblems = (flow: unknown): readonly FlowProblem[] => {
  const parsed = FlowShape.safeParse(flow);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => ({ path: placeOf(path), message }));
  const known = parsed.data as Flow;
  const characters = JSON.stringify(flow).length;
  return [
    ...(characters > MAX_CONTENT_CHARACTERS ? [{ path: '', message: `${characters} characters are too many` }] : []),
    ...known.Actions.flatMap((action, at) => problemsOf(action, `Actions[${at}]`)),
    ...wiring(known),
  ];
};

const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`)).join('');

const problemsOf = (action: FlowAction, path: string): readonly FlowProblem[] => {
  const rule = Object.hasOwn(ACTION_RULES, action.Type) ? ACTION_RULES[action.Type] : undefined;
  if (rule === undefined) return [{ path: `${path}.Type`, message: `no type of action is called ${action.Type}` }];
  const parameters = rule.parameters.safeParse(action.Parameters);
  const wrong = parameters.success ? [] : parameters.error.issues;
  return [
    ...wrong.map((issue) => ({
      path: [`${path}.Parameters`, placeOf(issue.path)].filter((part) => part !== '').join('.'),
      message: issue.message,
    })),
    ...nextProblems(action, rule, path),
    ...errorProblems(action, rule, path),
    ...conditionProblems(action, rule, path),
  ];
};

const nextProblems = ({ Type, Transitions }: FlowAction, { next }: ActionRule, path: string): FlowProblem[] => {
  const at = `${path}.Transitions`;
  if (next === 'required' && Transitions.NextAction === undefined) {
    return [{ path: `${at}.NextAction`, message: `${Type} must lead somewhere` }];
  }
  const isEmpty = Object.keys(Transitions).length === 0;
  return next === 'none' && !isEmpty ? [{ path: at, message: `${Type} does not support transitions` }] : [];
};

const errorProblems = ({ Type, Transitions }: FlowAction, rule: ActionRule, path: string): FlowProblem[] => {
  const given = (Transitions.Errors ?? []).map(({ ErrorType }) => ErrorType);
  const allowed = [...rule.errors, ...(rule.otherErrors ?? [])];
  const at = `${path}.Transitions.Errors`;
  return [
    ...rule.errors
      .filter((error) => !given.includes(error))
      .map((error) => `${Type} is missing required error ${error}`),
    ...given.filter((error) => !allowed.includes(error)).map((error) => `${Type} knows no error ${error}`),
    ...given.filter((error, index) => given.indexOf(error) !== index).map((error) => `${error} has two branches`),
  ].map((message) => ({ path: at, message }));
};

const conditionProblems = (action: FlowAction, { conditions }: ActionRule, path: string): FlowProblem[] => {
  const operands = (action.Transitions.Conditions ?? []).map(({ Condition }) => Condition.Operands[0] ?? '');
  const at = `${path}.Transitions.Conditions`;
  if (conditions === undefined) {
    return operands.length === 0 ? [] : [{ path: at, message: `${action.Type} does not support conditions` }];
  }
  const required = conditions.required?.(action.Parameters) ?? [];
  return [
    ...operands
      .filter((operand) => !conditions.operands.safeParse(operand).success)
      .map((operand) => `${action.Type} never has the result "${operand}"`),
    ...operands
      .filter((operand, index) => operands.indexOf(operand) !== index)
      .map((one) => `"${one}" has two branches`),
    ...required.filter((operand) => !operands.includes(operand)).map((operand) => `"${operand}" has no branch`),
  ].map((message) => ({ path: at, message }));
};

/** Where one action may lead, with the place that says so. */
const targetsOf = ({ Transitions }: FlowAction): readonly { readonly place: string; readonly to: string }[] => [
  ...(Transitions.NextAction === undefined ? [] : [{ place: 'NextAction', to: Transitions.NextAction }]),
  ...(Transitions.Errors ?? []).map(({ NextAction }, at) => ({ place: `Errors[${at}].NextAction`, to: NextAction })),
  ...(Transitions.Conditions ?? []).map(({ NextAction }, at) => ({
    place: `Conditions[${at}].NextAction`,
    to: NextAction,
  })),
];

const wiring = ({ StartAction, Actions }: Flow): FlowProblem[] => {
  const known = new Map(Actions.map((action) => [action.Identifier, action]));
  const unresolved = Actions.flatMap((action, at) =>
    targetsOf(action)
      .filter(({ to }) => !known.has(to))
      .map(({ place, to }) => ({ path: `Actions[${at}].Transitions.${place}`, message: `there is no action "${to}"` })),
  );
  const reached = reachable([StartAction], (name) => targetsOf(known.get(name) ?? END).map(({ to }) => to));
  const ends = Actions.filter((action) => targetsOf(action).length === 0).map(({ Identifier }) => Identifier);
  const before = (name: string) =>
    Actions.filter((action) => targetsOf(action).some(({ to }) => to === name)).map(({ Identifier }) => Identifier);
  const ending = reachable(ends, before);
  return [
    ...(known.has(StartAction) ? [] : [{ path: 'StartAction', message: `there is no action "${StartAction}"` }]),
    ...unresolved,
    ...Actions.flatMap(({ Identifier }, at) => {
      const path = `Actions[${at}]`;
      const isSecond = Actions.findIndex((other) => other.Identifier === Identifier) !== at;
      return [
        ...(isSecond ? [{ path: `${path}.Identifier`, message: `"${Identifier}" is there twice` }] : []),
        ...(reached.has(Identifier) ? [] : [{ path, message: `nothing leads to "${Identifier}"` }]),
        ...(ending.has(Identifier) ? [] : [{ path, message: `"${Identifier}" never comes to an end` }]),
      ];
    }),
  ];
};

const END: FlowAction = { Identifier: '', Type: '', Parameters: {}, Transitions: {} };

const reachable = (from: readonly string[], next: (name: string) => readonly string[]): ReadonlySet<string> => {
  const seen = new Set(from);
  const queue = [...from];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const one of next(name).filter((other) => !seen.has(other))) {
      seen.add(one);
      queue.push(one);
    }
  }
  return seen;
};
