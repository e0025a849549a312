import * as z from 'zod';
import type { AgentContext } from '../../customers/customer-memory.ts';
import type { HistoryTurn, ToolDefinition } from '../engines/speech-engine.ts';
import type { AgentBrain } from './agent-brain.ts';
import { VOICE_TOOLS } from './tool-names.ts';

/** Longest text of a tool's result: what is read to a caller is short, and long results slow speech models down. */
const MAX_RESULT_CHARACTERS = 4000;
const MAX_PASSAGES = 4;

const AskAgent = z.object({ question: z.string().trim().min(1).max(2000) });
const SearchKnowledge = z.object({ query: z.string().trim().min(1).max(500) });
const HandoffToHuman = z.object({
  reason: z.string().trim().min(1).max(500),
  summary: z.string().trim().max(2000).default(''),
});
const EndCall = z.object({ reason: z.string().trim().max(500).default('') });

export interface Handoff {
  readonly reason: string;
  readonly summary: string;
}

/** What came of a tool: what the model gets to read, and what the session has to do about it. */
export type ToolOutcome =
  | {
      readonly status: 'success';
      readonly content: unknown;
      readonly clauseIds?: readonly string[];
      readonly handoff?: Handoff;
      readonly endsCall?: boolean;
    }
  | { readonly status: 'error'; readonly content: unknown };

/** The tools of a call, told to the model; topics of the agent go into the description of `askAgent`. */
export function voiceTools(topics: readonly string[]): readonly ToolDefinition[] {
  const about = topics.length > 0 ? ` It knows about: ${topics.join(', ').slice(0, 800)}.` : '';
  return [
    {
      name: VOICE_TOOLS.askAgent,
      description: `Asks the business logic what to do or answer; it follows the procedures and may act.${about}`,
      inputSchema: objectOf({ question: 'The question, complete in itself, with all the caller has told so far.' }),
    },
    {
      name: VOICE_TOOLS.searchKnowledge,
      description: 'Finds passages in the documents of the business. For facts, figures, policies.',
      inputSchema: objectOf({ query: 'What to look for, in a few words.' }),
    },
    {
      name: VOICE_TOOLS.handoffToHuman,
      description: 'Passes the caller on to a person. Tell the caller before you use it.',
      inputSchema: objectOf({
        reason: 'Why a person is needed, in a few words.',
        summary: 'What the person must know: who calls, about what, what was tried.',
      }),
    },
    {
      name: VOICE_TOOLS.endCall,
      description: 'Ends the call. Only when the caller is done; then say goodbye.',
      inputSchema: objectOf({ reason: 'Why the call is over, in a few words.' }),
    },
  ];
}

const objectOf = (fields: Readonly<Record<string, string>>): ToolDefinition['inputSchema'] => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(fields).map(([name, description]) => [name, { type: 'string', description }]),
  ),
  required: Object.keys(fields),
});

/**
 * Carries a tool use out. Never throws except when the signal aborted: what went wrong becomes a result the model can
 * speak about.
 */
export async function runTool(
  { brain }: { readonly brain: AgentBrain },
  use: {
    readonly name: string;
    readonly input: unknown;
    readonly history: readonly HistoryTurn[];
    readonly live?: AgentContext['live'];
    readonly signal: AbortSignal;
  },
): Promise<ToolOutcome> {
  const run = TOOLS[use.name];
  if (!run) return failure(`There is no tool named ${use.name.slice(0, 64)}.`);
  try {
    return await run(brain, use);
  } catch (error) {
    use.signal.throwIfAborted();
    return error instanceof z.ZodError
      ? failure('The input of the tool is not right. Ask the caller for what is missing.')
      : failure('The tool failed. Say that it could not be found out just now.');
  }
}

type ToolRun = (brain: AgentBrain, use: Parameters<typeof runTool>[1]) => Promise<ToolOutcome>;

const TOOLS: Readonly<Record<string, ToolRun>> = {
  [VOICE_TOOLS.askAgent]: async (brain, { input, history, live, signal }) => {
    const { question } = AskAgent.parse(input);
    const { answer, handoff, clauseIds } = await brain.ask({
      text: question,
      history,
      signal,
      ...(live === undefined ? {} : { live }),
    });
    const content = { answer: answer.slice(0, MAX_RESULT_CHARACTERS), ...(handoff && { handoff: HANDOFF_NOTE }) };
    return {
      status: 'success',
      content,
      clauseIds: clauseIds.slice(0, 100),
      ...(handoff && { handoff: bounded(handoff) }),
    };
  },
  [VOICE_TOOLS.searchKnowledge]: async (brain, { input, signal }) => {
    const { query } = SearchKnowledge.parse(input);
    const passages = await brain.search({ query, signal });
    const texts = passages
      .slice(0, MAX_PASSAGES)
      .map(({ text }) => text.slice(0, MAX_RESULT_CHARACTERS / MAX_PASSAGES));
    return {
      status: 'success',
      content: texts.length > 0 ? { passages: texts } : { passages: [], note: 'Nothing was found.' },
    };
  },
  [VOICE_TOOLS.handoffToHuman]: async (_brain, { input }) => ({
    status: 'success',
    content: { note: HANDOFF_NOTE },
    handoff: HandoffToHuman.parse(input),
  }),
  [VOICE_TOOLS.endCall]: async (_brain, { input }) => {
    EndCall.parse(input);
    return {
      status: 'success',
      content: { note: 'Say goodbye in one short sentence; then the call ends.' },
      endsCall: true,
    };
  },
};

const bounded = ({ reason, summary }: Handoff): Handoff => ({
  reason: reason.slice(0, 500),
  summary: summary.slice(0, 2000),
});

const HANDOFF_NOTE = 'A person takes over now. Tell the caller so in one short sentence.';

/** The answer to a tool use that cannot be carried out. */
export const failure = (message: string): ToolOutcome => ({ status: 'error', content: { error: message } });
