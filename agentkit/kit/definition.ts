/** Plain data and pure functions: what a generated agent is made of. No Node globals, no dependencies. */

/** One numbered statement of the SOP, word for word. */
export interface Clause {
  /** `c1`, `c2`, … in the SOP's order. */
  readonly id: string;
  /** The section it stands under; absent above the first heading. */
  readonly heading?: string;
  readonly text: string;
}

/** The JSON schema of one detail; the subset every tool-calling model understands. */
export interface DetailSchema {
  readonly type: 'string' | 'number' | 'integer' | 'boolean';
  readonly description: string;
  /** An ECMAScript regular expression. */
  readonly pattern?: string;
  readonly format?: 'email' | 'date' | 'phone';
  readonly enum?: readonly string[];
}

export interface ToolInputSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, DetailSchema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** Values the model collected, as strings; absent when the customer has not said them. */
export type Details = Readonly<Record<string, string>>;

/** What business logic may know besides the details. */
export interface ToolContext {
  /** ISO date of the conversation, `2026-11-21`. */
  readonly today: string;
  readonly sessionId: string;
}

/** What the host does next. Tools decide, the host acts, so a tool can be run without network or files. */
export type ToolOutcome =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'ask'; readonly field: string; readonly text: string }
  | { readonly kind: 'search'; readonly query: string; readonly note?: string }
  | {
      readonly kind: 'handoff';
      readonly reason: string;
      readonly summary: string;
      readonly collected: Details;
      /** What the customer is told before the colleague takes over. */
      readonly text?: string;
    };

export interface ToolDefinition {
  /** `^[a-z][a-z0-9_]{0,31}$`: voice models take no longer ids. */
  readonly name: string;
  readonly description: string;
  readonly clauseIds: readonly string[];
  readonly inputSchema: ToolInputSchema;
  readonly run: (details: Details, context: ToolContext) => ToolOutcome;
}

/** Words to be said, and the clauses they come from. */
export interface Statement {
  readonly text: string;
  readonly clauseIds: readonly string[];
}

export interface Refusal {
  /** What the customer might ask for. */
  readonly topic: string;
  /** What is said instead. */
  readonly reply: string;
  readonly clauseIds: readonly string[];
}

export interface AgentDefinition {
  readonly name: string;
  readonly greeting: Statement;
  readonly style: readonly Statement[];
  readonly clauses: readonly Clause[];
  readonly tools: readonly ToolDefinition[];
  readonly refusals: readonly Refusal[];
}

/** What is wrong with a definition, in words that the AgentCreator can act on. */
export class DefinitionError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join(' '));
    this.name = 'DefinitionError';
    this.problems = problems;
  }
}

const TOOL_NAME = /^[a-z][a-z0-9_]{0,31}$/;

/**
 * Checks a definition and returns it unchanged.
 * @throws DefinitionError naming every problem: tool names, duplicates, missing descriptions, unknown clauses.
 */
export function defineAgent(definition: AgentDefinition): AgentDefinition {
  const problems = [
    ...(definition.name.trim() === '' ? ['The agent has no name.'] : []),
    ...(definition.greeting.text.trim() === '' ? ['The greeting is empty.'] : []),
    ...definition.tools.flatMap(problemsOfTool),
    ...duplicates(definition.tools.map((tool) => tool.name)).map((name) => `Two tools are called "${name}".`),
    ...duplicates(definition.clauses.map((clause) => clause.id)).map((id) => `Two clauses are called "${id}".`),
    ...unknownClauses(definition).map((id) => `Clause "${id}" is referred to but not defined.`),
  ];
  if (problems.length > 0) throw new DefinitionError(problems);
  return definition;
}

function problemsOfTool(tool: ToolDefinition): string[] {
  const required = tool.inputSchema.required.filter((field) => !Object.hasOwn(tool.inputSchema.properties, field));
  return [
    ...(TOOL_NAME.test(tool.name) ? [] : [`Tool name "${tool.name}" must match ${TOOL_NAME.source}.`]),
    ...(tool.description.trim() === '' ? [`Tool "${tool.name}" has no description.`] : []),
    ...required.map((field) => `Tool "${tool.name}" requires "${field}", which it does not declare.`),
  ];
}

function unknownClauses(definition: AgentDefinition): string[] {
  const known = new Set(definition.clauses.map((clause) => clause.id));
  const used = [definition.greeting, ...definition.style, ...definition.tools, ...definition.refusals];
  return [...new Set(used.flatMap((element) => element.clauseIds))].filter((id) => !known.has(id));
}

const duplicates = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];
