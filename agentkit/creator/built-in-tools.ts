import type { Specification } from './specification.ts';

/** What the agent's owner said besides the SOP. */
export interface BuildOptions {
  readonly agentName: string;
  /** When the documents are consulted. */
  readonly knowledgeDescription: string;
  /** When a person takes over. */
  readonly handoffDescription: string;
}

interface BuiltInTool {
  readonly name: string;
  readonly description: string;
  readonly clauseIds: readonly string[];
}

/** The two tools every agent has; `spec.json` and `agent_file.ts` must agree on them to the letter. */
export function builtInTools(
  { knowledge, handoff }: Specification,
  { knowledgeDescription, handoffDescription }: BuildOptions,
): { search: BuiltInTool; handoff: BuiltInTool } {
  const triggers = handoff.triggers.map((trigger) => trigger.text);
  return {
    search: {
      name: 'search_knowledge',
      description: joined(['Looks up facts in the documents.', knowledge.description, knowledgeDescription]),
      clauseIds: knowledge.clauseIds,
    },
    handoff: {
      name: 'hand_off_to_human',
      description: joined(['Passes the conversation to a person.', handoffDescription, ...triggers]),
      clauseIds: [...new Set(handoff.triggers.flatMap((trigger) => trigger.clauseIds))],
    },
  };
}

/** Descriptions reach the model with each message, so they stay below 1,200 characters. */
const joined = (parts: readonly string[]): string =>
  [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))]
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(' ')
    .slice(0, 1200);
