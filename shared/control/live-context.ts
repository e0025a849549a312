import type { AgentContext } from '../customers/customer-memory.ts';

/** What the owner of an agent tells it for now, kept in the agent's row: in force at once, without a new version. */
export interface LiveContext {
  /** From 1, grows by one with each edit: the ETag of the context. */
  readonly version: number;
  /** Facts: stock, opening hours of today, a campaign, … */
  readonly data: Readonly<Record<string, unknown>>;
  /** Free text, facts as well. */
  readonly notes?: string;
  /** How to act until further notice. The only part that the agent obeys. */
  readonly specialInstructions?: string;
  /** Unix milliseconds. */
  readonly updatedAtMs: number;
}

/** Largest context as JSON, in bytes of UTF-8. */
export const MAX_LIVE_CONTEXT_BYTES = 8192;

/** What of it an agent is told; undefined when all of it was taken back. */
export const toldOf = (live: LiveContext | undefined): AgentContext['live'] => {
  if (live === undefined) return undefined;
  const { data, notes, specialInstructions } = live;
  const told = {
    ...(Object.keys(data).length === 0 ? {} : { data }),
    ...(notes === undefined ? {} : { notes }),
    ...(specialInstructions === undefined ? {} : { specialInstructions }),
  };
  return Object.keys(told).length === 0 ? undefined : told;
};
