import type { AgentSummary, Channel } from './agent-types.ts';
import type { Today } from './use-agent-facts.ts';
import { STATUS_WORDS, TYPE_WORDS } from './words.ts';

/** What a page of agents shows of one: numbers and today are undefined until they are known. */
export interface AgentRow {
  readonly agent: AgentSummary;
  /** Flat, for the filter. */
  readonly agentName: string;
  readonly status: string;
  readonly type: string;
  readonly number: string | undefined;
  readonly today: Today | undefined;
}

interface Facts {
  readonly numbers: ReadonlyMap<string, readonly string[]> | undefined;
  readonly today: ReadonlyMap<string, Today> | undefined;
}

const NONE: Today = { calls: 0, costMicroUsd: 0 };

export const rowsOf = (agents: readonly AgentSummary[], { numbers, today }: Facts): readonly AgentRow[] =>
  agents.map((agent) => ({
    agent,
    agentName: agent.agentName,
    status: STATUS_WORDS[agent.status],
    type: TYPE_WORDS[agent.agentType],
    number: numbers && (numbers.get(agent.agentId) ?? []).join(', '),
    today: today && (today.get(agent.agentId) ?? NONE),
  }));

/** Numbers an agent is reached by: assigned ones, and those that its channels brought. */
export const numbersOf = ({ number = '' }: AgentRow, channels: readonly Channel[] = []): readonly string[] => [
  ...new Set([
    ...number.split(', ').filter(Boolean),
    ...channels.flatMap(({ phoneNumber }) => (phoneNumber === null ? [] : [phoneNumber])),
  ]),
];
