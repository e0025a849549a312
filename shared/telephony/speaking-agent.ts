import type { Agent, AgentRuntimeRecord } from '../agents/agent.ts';
import { problem } from '../kernel/problems.ts';

/** The version of an agent that can speak now, also while its next one is built. Throws `agent-has-no-voice`, `agent-not-ready`. */
export const demandVoice = (
  agent: Pick<Agent, 'agentType' | 'status' | 'activeVersion' | 'runtime'>,
): { readonly agentVersion: number; readonly runtime: AgentRuntimeRecord } => {
  const { agentType, status, activeVersion, runtime } = agent;
  if (agentType === 'text') throw problem('agent-has-no-voice', 'Change its type to "voice" or "both" to talk to it.');
  if (activeVersion === undefined || runtime === undefined || status === 'deleting') {
    throw problem('agent-not-ready', `The agent is "${status}" and has no version that could answer.`, {
      retryAfterSeconds: 5,
    });
  }
  return { agentVersion: activeVersion, runtime };
};
