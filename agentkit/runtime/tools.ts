import { FunctionTool, type JSONSchema, type JSONValue } from '@strands-agents/sdk';
import type { Handoff, ToolCall } from '../../shared/messages/message.ts';
import type { AgentDefinition, Details, ToolDefinition, ToolOutcome } from '../kit/index.ts';
import type { NumberedPassage, PassageList } from './citations.ts';
import type { SearchKnowledge } from './knowledge.ts';

/** What the tools of one message did. */
export interface Conversation {
  readonly passages: PassageList;
  readonly toolCalls: ToolCall[];
  handoff: Handoff | null;
}

export interface ToolDependencies {
  readonly search: SearchKnowledge;
  /** Milliseconds of any monotonic clock. */
  readonly monotonicMs: () => number;
  /** ISO date. */
  readonly today: string;
  readonly sessionId: string;
  readonly signal: AbortSignal;
}

/** File descriptions in the search tool's description end here; the model reads them with every message. */
const MAX_FILE_LINES_CHARACTERS = 2_000;

/** The definition's tools as Strands tools: they decide, this host acts and writes down what was called. */
export function strandsTools(
  definition: AgentDefinition,
  files: readonly { readonly path: string; readonly description: string }[],
  dependencies: ToolDependencies,
  conversation: Conversation,
): FunctionTool[] {
  return definition.tools.map(
    (tool) =>
      new FunctionTool({
        name: tool.name,
        description: isSearch(tool) ? `${tool.description}${fileLines(files)}` : tool.description,
        inputSchema: tool.inputSchema as JSONSchema,
        callback: (input) => recorded(tool, input, dependencies, conversation),
      }),
  );
}

const isSearch = (tool: ToolDefinition): boolean => Object.hasOwn(tool.inputSchema.properties, 'query');

function fileLines(files: readonly { readonly path: string; readonly description: string }[]): string {
  if (files.length === 0) return '';
  const lines = files.map((file) => `${file.path}: ${file.description}`).join('\n');
  return `\nThe documents:\n${lines}`.slice(0, MAX_FILE_LINES_CHARACTERS);
}

async function recorded(
  tool: ToolDefinition,
  input: unknown,
  dependencies: ToolDependencies,
  conversation: Conversation,
): Promise<JSONValue> {
  const startedMs = dependencies.monotonicMs();
  const record = (status: ToolCall['status']): void => {
    conversation.toolCalls.push({
      name: tool.name,
      input: typeof input === 'object' && input !== null ? { ...input } : {},
      status,
      clauseIds: tool.clauseIds,
      durationMs: Math.round(dependencies.monotonicMs() - startedMs),
    });
  };
  try {
    const result = await carryOut(tool, detailsOf(tool, input), dependencies, conversation);
    record('success');
    return result;
  } catch (error) {
    record('error');
    throw error;
  }
}

/** Models send numbers, nulls and extra members; the business logic sees strings it declared, and nothing else. */
function detailsOf(tool: ToolDefinition, input: unknown): Details {
  const given: [string, unknown][] = typeof input === 'object' && input !== null ? Object.entries(input) : [];
  return Object.fromEntries(
    given
      .filter(([name, value]) => Object.hasOwn(tool.inputSchema.properties, name) && value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

async function carryOut(
  tool: ToolDefinition,
  details: Details,
  { search, today, sessionId, signal }: ToolDependencies,
  conversation: Conversation,
): Promise<JSONValue> {
  const outcome = tool.run(details, { today, sessionId });
  if (outcome.kind === 'search') {
    const found = conversation.passages.add(await search(outcome.query, signal));
    return { outcome: 'passages', passages: found.map(forModel), ...(outcome.note ? { note: outcome.note } : {}) };
  }
  if (outcome.kind === 'handoff') conversation.handoff = handoffOf(tool, outcome);
  return forModelOutcome(outcome);
}

const forModel = ({ marker, passage }: NumberedPassage): JSONValue => ({
  marker,
  path: passage.path,
  ...(passage.description === undefined ? {} : { description: passage.description }),
  text: passage.text,
});

const forModelOutcome = (outcome: Exclude<ToolOutcome, { kind: 'search' }>): JSONValue => {
  if (outcome.kind === 'say') return { outcome: 'say', text: outcome.text };
  if (outcome.kind === 'ask') return { outcome: 'ask', field: outcome.field, text: outcome.text };
  return { outcome: 'handoff', reason: outcome.reason, ...(outcome.text === undefined ? {} : { text: outcome.text }) };
};

const handoffOf = (tool: ToolDefinition, outcome: Extract<ToolOutcome, { kind: 'handoff' }>): Handoff => ({
  reason: outcome.reason,
  summary: outcome.summary,
  collected: { ...outcome.collected },
  clauseIds: tool.clauseIds,
});
