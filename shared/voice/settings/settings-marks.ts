import type { AgentKey } from '../../agents/agent-store.ts';

/** Tells owners of calls that go on that an agent's voice or providers have changed: they look for it each second. */
export interface SettingsMarks {
  /**
   * To be called when settings and keys are written, before that is acknowledged. `revision`: of the agent's row that
   * holds them; an earlier one changes nothing. May be repeated.
   */
  readonly changed: (agent: AgentKey, revision: number, nowMs: number) => Promise<void>;
}
