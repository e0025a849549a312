import type { AgentId, UserId } from '../kernel/ids.ts';

export interface VersionKey {
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly version: number;
}

export interface StoredVersionFile {
  /** Below the version's prefix: `prompt.md`, `builds/r1-a2/result.json`. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly modifiedAtMs: number;
}

/** The files of agents' versions, as the AgentCreator wrote and the gate approved them. */
export interface VersionFiles {
  /** At most 1,000, in the order of their names. */
  readonly list: (key: VersionKey) => Promise<readonly StoredVersionFile[]>;
  /** Undefined when there is none. */
  readonly read: (key: VersionKey, name: string) => Promise<string | undefined>;
}
