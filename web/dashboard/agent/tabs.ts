import type { ReadAgent } from './use-agent.ts';

/** What every tab of an agent gets. */
export interface TabProps {
  readonly read: ReadAgent;
}
