import type { Clause } from '../kit/index.ts';
import { type Specification, traceClauses } from './specification.ts';

/** A file of the knowledge base, as the retriever and the agent's host know it. */
export interface DescribedFile {
  readonly path: string;
  readonly description: string;
}

/** `spec.json`: the contract of `shared/building/specification.ts`, and what only the host and curious readers need. */
export interface SpecFile extends Specification {
  readonly agentName: string;
  readonly agentType: string;
  readonly clauses: readonly Clause[];
  readonly files: readonly DescribedFile[];
  /** Where each clause went, by clause id. */
  readonly trace: Readonly<Record<string, readonly string[]>>;
}

/** Lays the specification out as `spec.json`. */
export const specFile = (
  specification: Specification,
  clauses: readonly Clause[],
  about: Pick<SpecFile, 'agentName' | 'agentType' | 'files'>,
): SpecFile => ({ ...about, clauses, ...specification, trace: traceClauses(specification) });
