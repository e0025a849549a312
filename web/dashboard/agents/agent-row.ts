import type { AgentSummary } from './agent-types.ts';
import type { Today } from './use-agent-facts.ts';
import { SHORT_CHANNEL_WORDS, STATUS_WORDS, TYPE_WORDS } from './words.ts';

/** What a page of agents shows of one; today is undefined until it is known. */
export interface AgentRow {
  readonly agent: AgentSummary;
  /** Flat, for the filter. */
  readonly agentName: string;
  readonly status: string;
  readonly type: string;
  readonly channels: string;
  readonly number: string;
  readonly today: Today | undefined;
}

const NONE: Today = { calls: 0, costMicroUsd: 0 };

export const rowsOf = (
  agents: readonly AgentSummary[],
  today: ReadonlyMap<string, Today> | undefined,
): readonly AgentRow[] =>
  agents.map((agent) => ({
    agent,
    agentName: agent.agentName,
    status: STATUS_WORDS[agent.status],
    type: TYPE_WORDS[agent.agentType],
    channels: agent.channels.map(({ channelType }) => SHORT_CHANNEL_WORDS[channelType]).join(', '),
    number: agent.phoneNumbers.join(', '),
    today: today && (today.get(agent.agentId) ?? NONE),
  }));
