import type { AgentContext } from '../../customers/customer-memory.ts';
import type { HistoryTurn } from '../engines/speech-engine.ts';

/** What a deployed agent tells about itself: the version that answers now. */
export interface AgentSelf {
  /** `prompt.md`: how to speak and what to know. */
  readonly prompt: string;
  readonly greeting: string | undefined;
  readonly agentName: string;
  readonly agentVersion: number;
  /** Topics worth asking it about, for the descriptions of the tools. */
  readonly topics: readonly string[];
}

export interface BrainAnswer {
  readonly answer: string;
  readonly handoff: { readonly reason: string; readonly summary: string } | null;
  readonly clauseIds: readonly string[];
}

export interface BrainPassage {
  readonly path: string;
  readonly text: string;
  readonly score: number;
}

/** The business logic of the agent, asked by tools during a call: the deployed runtime, or the process itself on the direct path. */
export interface AgentBrain {
  /** Also wakes the runtime, so that the first question finds it warm. */
  readonly describe: (signal: AbortSignal) => Promise<AgentSelf>;
  /** What the version that serves has told this process before; undefined: nothing, or it was another version. */
  readonly known?: () => AgentSelf | undefined;
  readonly ask: (question: {
    readonly text: string;
    readonly history: readonly HistoryTurn[];
    /** What holds for now, and what the agent was told in secret in this call. */
    readonly live?: AgentContext['live'];
    readonly signal: AbortSignal;
  }) => Promise<BrainAnswer>;
  readonly search: (question: {
    readonly query: string;
    readonly signal: AbortSignal;
  }) => Promise<readonly BrainPassage[]>;
}
