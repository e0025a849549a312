import type { Agent } from '../agents/agent.ts';
import type { ConversationChannel } from '../customers/customer.ts';
import type { AgentContext } from '../customers/customer-memory.ts';
import type { AgentAnswer, Turn } from './message.ts';

export const REPLY_ENGINES = ['agentcore', 'elizaos'] as const;
export type ReplyEngineName = (typeof REPLY_ENGINES)[number];

/** Who finds the words of a reply: the deployed agent, or an ElizaOS agent. */
export interface ReplyEngine {
  /** Throws `agent-unavailable`, `agent-timeout`, `agent-runtime-failed`, `too-many-requests`, or a problem of the agent's language model (`provider-…`). */
  readonly reply: (request: {
    readonly agent: Agent;
    /** Where the customer writes; ElizaOS has an agent for each channel. */
    readonly channel?: ConversationChannel;
    /** Of this customer with this agent; the same one for every channel. */
    readonly sessionId: string;
    readonly text: string;
    readonly history: readonly Turn[];
    readonly context: AgentContext;
  }) => Promise<AgentAnswer>;
}
