import type { FlowCondition } from '../flow/flow-language.ts';

type Test = (value: string, operand: string) => boolean;

const byNumber =
  (holds: (a: number, b: number) => boolean): Test =>
  (value, operand) =>
    value.trim() !== '' && operand.trim() !== '' && holds(Number(value), Number(operand));

const OPERATORS: Readonly<Record<string, Test>> = {
  Equals: (value, operand) => value === operand,
  TextStartsWith: (value, operand) => value.startsWith(operand),
  TextEndsWith: (value, operand) => value.endsWith(operand),
  TextContains: (value, operand) => value.includes(operand),
  NumberGreaterThan: byNumber((a, b) => a > b),
  NumberGreaterOrEqualTo: byNumber((a, b) => a >= b),
  NumberLessThan: byNumber((a, b) => a < b),
  NumberLessOrEqualTo: byNumber((a, b) => a <= b),
};

/** Whether a value meets a flow's condition. */
export const meets = ({ Operator, Operands }: FlowCondition, value: string): boolean =>
  OPERATORS[Operator]?.(value, Operands[0] ?? '') ?? false;
