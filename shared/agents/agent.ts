import type { AgentId, KnowledgeBaseId, UserId } from '../kernel/ids.ts';
import type { Provisioning } from '../provisioning/provisioning.ts';
import type { VoiceSettings } from '../voice/voice-settings.ts';

export const AGENT_TYPES = ['voice', 'text', 'both'] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

export const AGENT_STATUSES = ['creating', 'active', 'updating', 'failed', 'deleting'] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

/**
 * The one table of legal status changes; the DynamoDB condition of every change and the diagram in ARCHITECTURE.md
 * are generated from it. `fail` of a first version ends in `failed`; `fallBack` of a later one returns to `active`,
 * the old version having served all along.
 */
export const AGENT_TRANSITIONS = {
  activate: { from: ['creating', 'updating'], to: 'active' },
  fail: { from: ['creating'], to: 'failed' },
  fallBack: { from: ['updating'], to: 'active' },
  update: { from: ['active'], to: 'updating' },
  rebuild: { from: ['failed'], to: 'creating' },
  retire: { from: ['creating', 'active', 'updating', 'failed', 'deleting'], to: 'deleting' },
} as const satisfies Record<string, { from: readonly AgentStatus[]; to: AgentStatus }>;
export type AgentTransition = keyof typeof AGENT_TRANSITIONS;

/** Why an agent is not what its owner asked for, in words a person can act on. */
export interface StatusReason {
  /** A code of the problem registry, stable. */
  readonly code: string;
  readonly message: string;
  /** The workflow step that failed, when one did. */
  readonly step?: string;
}

/** What AgentCore holds for this agent. Runtime versions are AgentCore's, agent versions ours. */
export interface AgentRuntimeRecord {
  readonly agentRuntimeId: string;
  readonly agentRuntimeArn: string;
  readonly agentRuntimeVersion: string;
  /** The qualifier callers invoke; it moves to the new runtime version only at activation. */
  readonly endpointName: string;
  readonly roleName: string;
}

/** One row of `oratio-agents` (PK `userId`, SK `agentId`). Times are Unix seconds. */
export interface Agent {
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly agentName: string;
  readonly agentType: AgentType;
  readonly status: AgentStatus;
  readonly statusReason?: StatusReason;
  readonly sop: string;
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly knowledgeBaseDescription: string;
  readonly humanHandoffDescription: string;
  /** The newest version asked for, from 1. */
  readonly version: number;
  /** The version that answers; absent until the first activation. */
  readonly activeVersion?: number;
  readonly generatedPromptS3Path?: string;
  readonly agentCodeS3Path?: string;
  readonly specificationS3Path?: string;
  readonly runtime?: AgentRuntimeRecord;
  readonly provisioning: Provisioning;
  /** How it speaks, where its owner has said so; read by `voiceSettingsOf`. */
  readonly voice?: VoiceSettings;
  /** Files the run waits for, all that were asked for; their arrival stands in the knowledge base. Gone once it begins. */
  readonly uploads?: { readonly pending: readonly string[]; readonly expiresAt: number };
  /** Grows with each write; the ETag, and the guard against lost updates. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
