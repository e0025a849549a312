import type { OperatorMessage } from '../../../shared/live/operator-messages.ts';
import type { AgentSummary, Channel } from './agent-types.ts';

export type AgentMessage = Extract<OperatorMessage, { readonly type: 'agent' }>;

/**
 * Pure: a listing after one more message of the feed. The same array when nothing changed; undefined when the message
 * is about an agent that the listing does not know, which must then be read anew.
 */
export function withAgentMessage(
  agents: readonly AgentSummary[],
  { agentId, agentName, status, statusReason, version, activeVersion }: AgentMessage,
): readonly AgentSummary[] | undefined {
  const index = agents.findIndex((agent) => agent.agentId === agentId);
  const before = agents[index];
  if (before === undefined) return undefined;
  const isSame =
    before.status === status &&
    before.version === version &&
    before.activeVersion === activeVersion &&
    before.agentName === agentName;
  return isSame ? agents : agents.with(index, { ...before, agentName, status, statusReason, version, activeVersion });
}

/** Pure: a listing after an agent's channels were read again. */
export const withChannels = (
  agents: readonly AgentSummary[],
  agentId: string,
  channels: readonly Channel[],
): readonly AgentSummary[] =>
  agents.map((agent) => {
    if (agent.agentId !== agentId) return agent;
    const brought = channels.flatMap(({ phoneNumber }) => phoneNumber ?? []);
    return {
      ...agent,
      channels: channels.map(({ channelType, status }) => ({ channelType, status })),
      phoneNumbers: [...new Set([...agent.phoneNumbers, ...brought])],
    };
  });
