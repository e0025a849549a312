import type { Channel } from '../channels/channel.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBaseChange } from '../knowledge/knowledge-base-store.ts';
import type { Provisioning, RunStatus, StepProgress } from '../provisioning/provisioning.ts';
import type { Agent, AgentStatus, AgentTransition, LifecycleAction } from './agent.ts';

export interface AgentKey {
  readonly userId: UserId;
  readonly agentId: AgentId;
}

/** What both indices of the agents table project, beside their keys. */
export const AGENT_SUMMARY_ATTRIBUTES = [
  'agentName',
  'agentType',
  'status',
  'statusReason',
  'knowledgeBaseId',
  'activeVersion',
  'version',
  'runtime',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Agent)[];

/** An agent as a listing shows it. */
export type AgentSummary = AgentKey & Pick<Agent, (typeof AGENT_SUMMARY_ATTRIBUTES)[number]>;

type Changeable = Omit<
  Agent,
  | 'userId'
  | 'agentId'
  | 'status'
  | 'restsIn'
  | 'knowledgeBaseId'
  | 'provisioning'
  | 'revision'
  | 'createdAt'
  | 'updatedAt'
>;

/** Attributes to set; `null` removes one. `provisioning` is merged member by member, its `steps` replaced when given. */
export type AgentChange = { readonly [Name in keyof Changeable]?: Changeable[Name] | null } & {
  readonly provisioning?: { readonly [Name in keyof Provisioning]?: Provisioning[Name] | null };
};

/** What must hold, beside the transition's legal prior states, for a write to happen. */
export interface AgentGuard {
  /** The revision the caller decided upon. */
  readonly revision?: number;
  /** The run the caller works for: refused once a newer run has begun. */
  readonly run?: number;
  /** The state that run must be in. */
  readonly runStatus?: Provisioning['status'];
}

/** A change of the agent's knowledge base that is written in the same transaction. */
export interface KnowledgeWrite {
  readonly knowledgeBaseId: KnowledgeBase['knowledgeBaseId'];
  readonly change: KnowledgeBaseChange;
}

export interface WriteOptions {
  /** Unix seconds, becomes `updatedAt`. */
  readonly now: number;
  readonly guard?: AgentGuard;
  readonly knowledge?: KnowledgeWrite;
}

export interface StepOptions extends Pick<WriteOptions, 'now'> {
  /** The statuses of the agent in which the line is welcome; `creating` and `updating` unless given. */
  readonly during?: readonly AgentStatus[];
  /** What the run's own status must be; any unless given. */
  readonly runStatus?: RunStatus;
}

/** `written: false`: a condition did not hold; `current` is the row that stood in the way, absent when there is none. */
export type Written =
  | { readonly written: true; readonly agent: Agent }
  | { readonly written: false; readonly current: Agent | undefined };

export interface AgentPage {
  readonly agents: readonly AgentSummary[];
  /** The agent after which the next page starts; absent on the last page. */
  readonly last?: AgentId;
}

/** The agents of all tenants; every access is by key or index. */
export interface AgentStore {
  /** Strongly consistent. */
  readonly find: (key: AgentKey) => Promise<Agent | undefined>;
  /** Newest first; at most `limit` (1 to 1,100). */
  readonly list: (query: {
    readonly userId: UserId;
    readonly status?: AgentStatus;
    readonly limit: number;
    readonly after?: AgentId;
  }) => Promise<AgentPage>;
  /** All rows or none; false when the agent exists already. */
  readonly create: (agent: Agent, knowledgeBase: KnowledgeBase, channels?: readonly Channel[]) => Promise<boolean>;
  /** Moves the agent along one edge of `AGENT_TRANSITIONS`; refused from any other state. */
  readonly transition: (
    key: AgentKey,
    transition: AgentTransition,
    change: AgentChange,
    options: WriteOptions,
  ) => Promise<Written>;
  /** While a run is under way: changes where it leads, along the same edges; refused from any other status. */
  readonly control: (
    key: AgentKey,
    action: LifecycleAction,
    change: AgentChange,
    options: WriteOptions,
  ) => Promise<Written>;
  /** Changes attributes without touching the status; refused when there is no such agent or it is being deleted. */
  readonly update: (key: AgentKey, change: AgentChange, options: WriteOptions) => Promise<Written>;
  /** Writes one line of progress; refused when the agent no longer wants this run (deleted, settled, or a newer run). */
  readonly recordStep: (key: AgentKey, run: number, step: StepProgress, options: StepOptions) => Promise<Written>;
  /** All rows; nothing happens to those that are gone already. */
  readonly remove: (
    key: AgentKey,
    knowledgeBaseId: KnowledgeBase['knowledgeBaseId'],
    channels?: readonly Channel[],
  ) => Promise<void>;
}
