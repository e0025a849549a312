import type { Tally } from './tally.ts';

/** Whose numbers: a tenant's, or those of one of its agents. */
export interface StatisticsScope {
  readonly userId: string;
  readonly agentId?: string;
}

/** Counted events of one agent at one time. */
export interface Counted {
  readonly userId: string;
  readonly agentId: string;
  /** Unix milliseconds; of a call, its beginning. */
  readonly atMs: number;
  readonly tally: Tally;
}

/** Reads what was counted. Rows of a period that nothing happened in do not exist. */
export interface StatisticsStore {
  /** Rows from one period to another, both included, by period. */
  readonly read: (scope: StatisticsScope, from: string, to: string) => Promise<ReadonlyMap<string, Tally>>;
  /** What each agent of a tenant did on a day (`2026-11-21`), by agent. Eventually consistent. */
  readonly readAgents: (userId: string, day: string) => Promise<ReadonlyMap<string, Tally>>;
  /** Erases rows of an agent, at most `limit` of them; true when none is left. The tenant's totals stay. */
  readonly forget: (agent: { readonly userId: string; readonly agentId: string }, limit: number) => Promise<boolean>;
}
