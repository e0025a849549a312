import * as z from 'zod';

const ClauseIds = z.array(z.string().regex(/^c\d{1,4}$/)).max(500);

const Statement = z.object({ text: z.string().min(1).max(2000), clauseIds: ClauseIds });

const SpecifiedField = z.object({
  name: z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/),
  label: z.string().min(1).max(200),
  kind: z.enum(['text', 'email', 'phone', 'date', 'number']),
  pattern: z.string().max(200).optional(),
  form: z.string().max(200).optional(),
  required: z.boolean(),
});

/** One tool of the agent; `agent_file.ts` must implement exactly the tools of the specification. */
const SpecifiedTool = z.object({
  /** Voice models take no longer names than 32 characters. */
  name: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
  /** `search` → `searchKnowledge`, `collect` → `collectDetails`, `handoff` → `handOffToHuman` of the kit. */
  kind: z.enum(['search', 'collect', 'handoff']),
  description: z.string().min(1).max(2000),
  clauseIds: ClauseIds,
  /** What a `collect` tool asks for; empty for the other kinds. */
  fields: z.array(SpecifiedField).max(20),
});

/**
 * `spec.json`: what the AgentCreator understood of the SOP, each element with the clauses it comes from, so that a
 * reader can ask where a sentence of the SOP went. Unknown members are allowed and dropped.
 */
export const AgentSpecification = z.object({
  agentName: z.string().min(1).max(200),
  clauses: z
    .array(
      z.object({
        id: z.string().regex(/^c\d{1,4}$/),
        heading: z.string().max(500).optional(),
        text: z.string().min(1).max(20_000),
      }),
    )
    .min(1)
    .max(1000),
  greeting: Statement,
  style: z.array(Statement).max(100),
  /** What customers come for, and the tool that serves it when one does. */
  intents: z
    .array(
      z.object({
        name: z.string().min(1).max(100),
        description: z.string().max(2000),
        clauseIds: ClauseIds,
        tool: z.string().optional(),
      }),
    )
    .max(100),
  tools: z.array(SpecifiedTool).min(1).max(40),
  refusals: z
    .array(z.object({ topic: z.string().min(1).max(500), reply: z.string().min(1).max(2000), clauseIds: ClauseIds }))
    .max(100),
});
export type AgentSpecification = z.output<typeof AgentSpecification>;

/** What is wrong with references inside a specification: unknown or doubled clauses, doubled or unknown tools. */
export function problemsOfSpecification(specification: AgentSpecification): string[] {
  const clauseIds = specification.clauses.map((clause) => clause.id);
  const toolNames = specification.tools.map((tool) => tool.name);
  return [
    ...doubled(clauseIds).map((id) => `Clause "${id}" is defined twice: number the clauses without repetition.`),
    ...doubled(toolNames).map((name) => `Tool "${name}" is specified twice: give each tool its own name.`),
    ...referencesOf(specification)
      .filter(({ id }) => !clauseIds.includes(id))
      .map(({ id, from }) => `${from} refers to clause "${id}", which does not exist: refer to an existing clause.`),
    ...specification.intents
      .filter((intent) => intent.tool !== undefined && !toolNames.includes(intent.tool))
      .map((intent) => `Intent "${intent.name}" names tool "${intent.tool}", which is not specified.`),
    ...specification.tools
      .filter((tool) => tool.kind !== 'collect' && tool.fields.length > 0)
      .map((tool) => `Tool "${tool.name}" has fields, which only a tool of kind "collect" may have.`),
  ];
}

function referencesOf(specification: AgentSpecification): { id: string; from: string }[] {
  const { greeting, style, intents, tools, refusals } = specification;
  const elements = [
    { from: 'The greeting', clauseIds: greeting.clauseIds },
    ...style.map((statement, index) => ({ from: `Style ${index + 1}`, clauseIds: statement.clauseIds })),
    ...intents.map((intent) => ({ from: `Intent "${intent.name}"`, clauseIds: intent.clauseIds })),
    ...tools.map((tool) => ({ from: `Tool "${tool.name}"`, clauseIds: tool.clauseIds })),
    ...refusals.map((refusal) => ({ from: `Refusal "${refusal.topic}"`, clauseIds: refusal.clauseIds })),
  ];
  return elements.flatMap(({ from, clauseIds }) => clauseIds.map((id) => ({ from, id })));
}

const doubled = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];
