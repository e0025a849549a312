import type { AgentSpecification } from '../../shared/building/specification.ts';
import type { Clause } from '../kit/index.ts';
import { type BuildOptions, builtInTools } from './built-in-tools.ts';
import { type Specification, traceClauses } from './specification.ts';

/** A file of the knowledge base, as the retriever and the agent's host know it. */
export interface DescribedFile {
  readonly path: string;
  readonly description: string;
}

/** `spec.json`: the contract of `shared/building`, and what only the agent's host and curious readers need. */
export interface SpecFile extends AgentSpecification {
  readonly guidance: Specification['guidance'];
  readonly procedures: Specification['procedures'];
  readonly handoffTriggers: Specification['handoff']['triggers'];
  readonly files: readonly DescribedFile[];
  readonly agentType: string;
  /** Where each clause went, by clause id. */
  readonly trace: Readonly<Record<string, readonly string[]>>;
}

/** Lays the specification out as `spec.json`. */
export function specFile(
  specification: Specification,
  clauses: readonly Clause[],
  options: BuildOptions & { readonly agentType: string; readonly files: readonly DescribedFile[] },
): SpecFile {
  const { search, handoff } = builtInTools(specification, options);
  const collecting = specification.procedures.map(({ name, description, clauseIds, fields }) => ({
    name,
    kind: 'collect' as const,
    description,
    clauseIds,
    fields,
  }));
  const tools = [
    { ...search, kind: 'search' as const, clauseIds: [...search.clauseIds], fields: [] },
    ...collecting,
    { ...handoff, kind: 'handoff' as const, clauseIds: [...handoff.clauseIds], fields: [] },
  ];
  return {
    agentName: options.agentName,
    agentType: options.agentType,
    clauses: [...clauses],
    greeting: specification.greeting,
    style: specification.style,
    intents: tools.map(({ name, description, clauseIds }) => ({ name, description, clauseIds, tool: name })),
    tools,
    refusals: specification.refusals,
    guidance: specification.guidance,
    procedures: specification.procedures,
    handoffTriggers: specification.handoff.triggers,
    files: options.files,
    trace: traceClauses(specification),
  };
}
