import * as z from 'zod';
import type { Clause } from '../kit/index.ts';

const ClauseIds = z.array(z.string().regex(/^c\d+$/)).describe('Ids of the clauses this comes from.');
const Spoken = z.string().trim().min(1).max(600);
/** As many as `spec.json` may hold. */
const MAX_STATEMENTS = 100;

const StatementSchema = z.object({ text: Spoken, clauseIds: ClauseIds });

const FieldSchema = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-zA-Z0-9]{0,31}$/)
    .describe('camelCase'),
  label: z.string().min(1).max(60).describe('As a person would name it: "order number".'),
  kind: z.enum(['text', 'email', 'phone', 'date', 'number']),
  pattern: z.string().max(120).optional().describe('Regular expression of a valid value, when the SOP gives a form.'),
  form: z.string().max(120).optional().describe('That form in words: "CC followed by six digits".'),
  question: z.string().max(200).optional().describe('How to ask, when "Could you tell me your …?" would not do.'),
  required: z.boolean(),
});

const OutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('say'), text: Spoken }),
  z.object({
    kind: z.literal('look_up'),
    query: z.string().min(1).max(300).describe('What to search the documents for; {fieldName} stands for a detail.'),
    note: Spoken.optional().describe('What to say besides what is found.'),
  }),
  z.object({
    kind: z.literal('hand_off'),
    reason: z.string().min(1).max(200),
    text: Spoken.optional().describe('What the customer is told before a person takes over.'),
  }),
]);

const RuleSchema = z.object({
  field: z.string(),
  test: z.enum(['older_than_days', 'at_most_days_old', 'greater_than', 'less_than', 'equals']),
  value: z.union([z.number(), z.string().max(120)]),
  outcome: OutcomeSchema,
  clauseIds: ClauseIds,
});

const ProcedureSchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
  description: z.string().min(1).max(400).describe('When to use it, in words a customer would use.'),
  fields: z.array(FieldSchema).min(1).max(8),
  rules: z.array(RuleSchema).max(8).describe('Tested in order; the first that holds decides.'),
  otherwise: OutcomeSchema,
  clauseIds: ClauseIds,
});

const RefusalSchema = z.object({
  topic: z.string().min(1).max(200).describe('What the customer might ask for: "a discount".'),
  reply: Spoken.describe('What is said instead.'),
  clauseIds: ClauseIds,
});

/** What the model draws from the clauses: everything a generated agent does, and nothing the SOP does not say. */
export const SpecificationSchema = z.object({
  greeting: StatementSchema.describe('The first words of a conversation.'),
  style: z.array(StatementSchema).max(MAX_STATEMENTS).describe('How to speak.'),
  guidance: z.array(StatementSchema).describe('Rules to follow and facts to state that need no tool.'),
  procedures: z.array(ProcedureSchema).max(16).describe('Tasks for which details are collected first.'),
  refusals: z.array(RefusalSchema).max(MAX_STATEMENTS).describe('What is never promised or done.'),
  handoff: z.object({
    triggers: z.array(StatementSchema).describe('Situations in which a person takes over.'),
  }),
  knowledge: z.object({
    description: z.string().min(1).max(400).describe('Which questions are looked up in the documents.'),
    clauseIds: ClauseIds,
  }),
});

export type Specification = z.infer<typeof SpecificationSchema>;
export type Procedure = Specification['procedures'][number];
export type Outcome = Procedure['otherwise'];

const RESERVED_TOOL_NAMES = ['search_knowledge', 'hand_off_to_human'];

/** Every reason why a model's specification cannot be built, in words it can act on; empty when it can. */
export function problemsOfSpecification(specification: Specification, clauses: readonly Clause[]): string[] {
  const known = new Set(clauses.map((clause) => clause.id));
  const names = specification.procedures.map((procedure) => procedure.name);
  return [
    ...[...clauseIdsOf(specification)].filter((id) => !known.has(id)).map((id) => `There is no clause "${id}".`),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `Two procedures are called "${name}".`),
    ...names.filter((name) => RESERVED_TOOL_NAMES.includes(name)).map((name) => `"${name}" is a built-in tool.`),
    ...specification.procedures.flatMap(problemsOfProcedure),
  ];
}

/** Members every JavaScript object has; the code checker refuses them. */
const UNSAFE_NAMES = ['constructor', 'prototype', 'caller', 'callee', 'arguments', 'toString', 'valueOf'];

function problemsOfProcedure(procedure: Procedure): string[] {
  const names = procedure.fields.map((field) => field.name);
  return [
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `${procedure.name}: "${name}" twice.`),
    ...procedure.fields
      .filter((field) => field.pattern !== undefined && !isRegularExpression(field.pattern))
      .map((field) => `${procedure.name}: the pattern of "${field.name}" is not a regular expression.`),
    ...names
      .filter((name) => UNSAFE_NAMES.includes(name))
      .map((name) => `${procedure.name}: a field cannot be called "${name}".`),
    ...procedure.rules
      .filter((rule) => !names.includes(rule.field))
      .map((rule) => `${procedure.name}: a rule tests "${rule.field}", which is not one of its fields.`),
    ...procedure.rules
      .filter((rule) => rule.test !== 'equals' && !Number.isFinite(Number(rule.value)))
      .map((rule) => `${procedure.name}: the test ${rule.test} needs a number.`),
  ];
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

function clauseIdsOf(specification: Specification): Set<string> {
  return new Set(Object.keys(traceClauses(specification)));
}

/** Where each clause went: `{ c7: ['procedure order_status'] }`. */
export function traceClauses(specification: Specification): Record<string, string[]> {
  const trace: Record<string, string[]> = {};
  const note = (place: string, ids: readonly string[]): void => {
    for (const id of ids) trace[id] = [...new Set([...(trace[id] ?? []), place])];
  };
  note('greeting', specification.greeting.clauseIds);
  for (const { clauseIds } of specification.style) note('style', clauseIds);
  for (const { clauseIds } of specification.guidance) note('guidance', clauseIds);
  for (const { clauseIds } of specification.refusals) note('refusal', clauseIds);
  for (const { name, clauseIds, rules } of specification.procedures) {
    note(`procedure ${name}`, clauseIds);
    for (const rule of rules) note(`procedure ${name}`, rule.clauseIds);
  }
  for (const { clauseIds } of specification.handoff.triggers) note('handoff', clauseIds);
  note('knowledge', specification.knowledge.clauseIds);
  return trace;
}

/** No clause is lost: those the model passed over become guidance, word for word. */
export function keepEveryClause(specification: Specification, clauses: readonly Clause[]): Specification {
  const kept = clauseIdsOf(specification);
  const missed = clauses.filter((clause) => !kept.has(clause.id));
  const statements = missed.map(({ id, text }) => ({ text: text.slice(0, 600), clauseIds: [id] }));
  return { ...specification, guidance: [...specification.guidance, ...statements] };
}
