import * as z from 'zod';

const ClauseId = z.string().regex(/^c\d{1,5}$/);
const ClauseIds = z.array(ClauseId).max(2000);
const Spoken = z.string().trim().min(1).max(2000);
const ToolName = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/);

const Statement = z.object({ text: Spoken, clauseIds: ClauseIds });

const Field = z.object({
  name: z.string().regex(/^[a-z][a-zA-Z0-9]{0,31}$/),
  label: z.string().min(1).max(60),
  kind: z.enum(['text', 'email', 'phone', 'date', 'number']),
  pattern: z.string().max(120).optional(),
  form: z.string().max(120).optional(),
  required: z.boolean(),
});

const Outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('say'), text: Spoken }),
  z.object({ kind: z.literal('look_up'), query: z.string().min(1).max(300), note: Spoken.optional() }),
  z.object({ kind: z.literal('hand_off'), reason: z.string().min(1).max(200) }),
]);

const Rule = z.object({
  field: z.string(),
  test: z.string().max(40),
  value: z.union([z.number(), z.string().max(120)]),
  outcome: Outcome,
  clauseIds: ClauseIds,
});

const Procedure = z.object({
  name: ToolName,
  description: z.string().min(1).max(2000),
  fields: z.array(Field).min(1).max(20),
  rules: z.array(Rule).max(20),
  otherwise: Outcome,
  clauseIds: ClauseIds,
});

const Clause = z.object({
  id: ClauseId,
  heading: z.string().max(2000).optional(),
  text: z.string().min(1).max(100_000),
});

/**
 * `spec.json`: the SOP's clauses and what the AgentCreator drew from them, each element with the clauses it comes
 * from, so that a reader can ask where a sentence of the SOP went. Members unknown here are ignored.
 */
export const SpecificationDocument = z.object({
  clauses: z.array(Clause).min(1).max(10_000),
  greeting: Statement,
  style: z.array(Statement),
  guidance: z.array(Statement),
  procedures: z.array(Procedure).max(32),
  refusals: z.array(z.object({ topic: z.string().min(1).max(500), reply: Spoken, clauseIds: ClauseIds })),
  handoff: z.object({ triggers: z.array(Statement) }),
  knowledge: z.object({ description: z.string().min(1).max(2000), clauseIds: ClauseIds }),
});
export type SpecificationDocument = z.output<typeof SpecificationDocument>;

/** Tools that every agent has; the rest are the procedures of its specification. */
const BUILT_IN_TOOLS = ['search_knowledge', 'hand_off_to_human'] as const;

/** The tools that `agent_file.ts` must implement: these and no other. */
export const toolNamesOf = (specification: SpecificationDocument): readonly string[] => [
  ...BUILT_IN_TOOLS,
  ...specification.procedures.map((procedure) => procedure.name),
];

/** What is wrong with the references inside a specification, in words the AgentCreator can act on. */
export function problemsOfSpecification(specification: SpecificationDocument): string[] {
  const clauseIds = specification.clauses.map((clause) => clause.id);
  const known = new Set(clauseIds);
  return [
    ...doubled(clauseIds).map((id) => `Clause "${id}" is defined twice: number the clauses without repetition.`),
    ...doubled(toolNamesOf(specification)).map((name) => `Two tools are called "${name}": name each procedure apart.`),
    ...referencesOf(specification)
      .filter(({ id }) => !known.has(id))
      .map(({ id, place }) => `${place} refers to clause "${id}", which does not exist: refer to an existing clause.`),
    ...specification.procedures.flatMap((procedure) => strayRules(procedure)),
  ];
}

function strayRules(procedure: z.output<typeof Procedure>): string[] {
  const names = new Set(procedure.fields.map((field) => field.name));
  return procedure.rules
    .filter((rule) => !names.has(rule.field))
    .map((rule) => `Procedure "${procedure.name}" tests "${rule.field}", which is not one of its fields: declare it.`);
}

function referencesOf(specification: SpecificationDocument): { id: string; place: string }[] {
  const { greeting, style, guidance, procedures, refusals, handoff, knowledge } = specification;
  const places = [
    { place: 'The greeting', clauseIds: greeting.clauseIds },
    ...style.map(({ clauseIds }) => ({ place: 'A statement of style', clauseIds })),
    ...guidance.map(({ clauseIds }) => ({ place: 'A statement of guidance', clauseIds })),
    ...procedures.map(({ name, clauseIds }) => ({ place: `Procedure "${name}"`, clauseIds })),
    ...procedures.flatMap(({ name, rules }) =>
      rules.map(({ clauseIds }) => ({ place: `A rule of procedure "${name}"`, clauseIds })),
    ),
    ...refusals.map(({ topic, clauseIds }) => ({ place: `Refusal "${topic}"`, clauseIds })),
    ...handoff.triggers.map(({ clauseIds }) => ({ place: 'A trigger of the handoff', clauseIds })),
    { place: 'The knowledge description', clauseIds: knowledge.clauseIds },
  ];
  return places.flatMap(({ place, clauseIds }) => clauseIds.map((id) => ({ id, place })));
}

const doubled = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];
