import type { AgentContext } from '../customers/customer-memory.ts';
import type { AgentMind } from '../providers/agent-mind.ts';
import type { Failure } from '../providers/provider-failure.ts';

/** A passage the answer rests on. */
export interface Citation {
  /** The `[n]` in the answer that points here, from 1. */
  readonly marker: number;
  /** Path of the file as its owner named it: `policies/returns.pdf`. */
  readonly path: string;
  readonly description?: string;
  readonly excerpt: string;
  /** As the retriever gave it, 0 to 1. */
  readonly score: number;
}

export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly status: 'success' | 'error';
  /** SOP clauses this tool carries out. */
  readonly clauseIds: readonly string[];
  readonly durationMs: number;
}

export interface Handoff {
  readonly reason: string;
  readonly summary: string;
  readonly collected: Readonly<Record<string, string>>;
  readonly clauseIds: readonly string[];
}

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** Asks a deployed agent about itself (`AgentSelf`), before a call; it also wakes the runtime. */
export interface DescribeRequest {
  readonly type: 'describe';
}

/** Asks a deployed agent for passages of its documents; the tenant's filter goes with it whatever is asked. */
export interface SearchRequest {
  readonly type: 'search';
  readonly query: string;
}

/** Payload of a deployed agent's `/invocations`. */
export type AgentRequest = AgentMessage | DescribeRequest | SearchRequest;

/** A customer's message. Stateless: the history comes with each message. */
export interface AgentMessage {
  readonly type: 'message';
  readonly sessionId: string;
  readonly text: string;
  readonly history: readonly Turn[];
  /** What is known about the business and the customer; facts for the agent, never instructions. */
  readonly context?: AgentContext;
  /** Whose language model answers, where it is not the runtime's own. */
  readonly mind?: AgentMind;
}

/** What a deployed agent answers whose owner's language model failed. */
export interface AgentFailure {
  readonly failure: Failure;
}

/** What a deployed agent answers. */
export interface AgentAnswer {
  readonly answer: string;
  readonly citations: readonly Citation[];
  readonly toolCalls: readonly ToolCall[];
  readonly handoff: Handoff | null;
  readonly usage: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** Absent where nobody knows: in answers of ElizaOS, of nobody, and of agents deployed before. */
    readonly modelId?: string;
    /** Whole micro-dollars, by list prices. */
    readonly costMicroUsd?: number;
    /** False: the price list does not have the model, and the cost is that of a dear one. */
    readonly priceKnown?: boolean;
  };
}
