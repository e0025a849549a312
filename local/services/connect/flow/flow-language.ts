/** Contact flows as the API has them (Amazon Connect API reference, "Flow language"). */
export interface Flow {
  readonly Version: '2019-10-30';
  readonly StartAction: string;
  readonly Actions: readonly FlowAction[];
}

export interface FlowAction {
  readonly Identifier: string;
  readonly Type: string;
  readonly Parameters?: Parameters;
  readonly Transitions?: Transitions;
}

export type ParameterValue = string | readonly ParameterValue[] | { readonly [key: string]: ParameterValue };
export type Parameters = Readonly<Record<string, ParameterValue>>;

export interface Transitions {
  readonly NextAction?: string;
  readonly Errors?: readonly { readonly ErrorType: string; readonly NextAction: string }[];
  readonly Conditions?: readonly { readonly NextAction: string; readonly Condition: FlowCondition }[];
}

export interface FlowCondition {
  readonly Operator: string;
  readonly Operands: readonly string[];
}

/** The content of a flow that was checked when it was stored. */
export const readFlow = (content: string): Flow => JSON.parse(content) as Flow;
