import type { AgentRuntimeRecord } from '../agents/agent.ts';
import type { AgentMessage } from './message.ts';

/** The deployed agents. */
export interface AgentRuntimes {
  /**
   * What the agent at the runtime's endpoint answers, as JSON text.
   * Throws `agent-unavailable`, `agent-timeout`, `agent-runtime-failed` or `too-many-requests`.
   */
  readonly ask: (runtime: AgentRuntimeRecord, runtimeSessionId: string, message: AgentMessage) => Promise<string>;
}
