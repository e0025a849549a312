import type { LiveContext } from '../control/live-context.ts';
import type { AgentId, KnowledgeBaseId, UserId } from '../kernel/ids.ts';
import type { ReplyEngineName } from '../messages/reply-engine.ts';
import type { Provisioning } from '../provisioning/provisioning.ts';
import type { VoiceSettings } from '../voice/voice-settings.ts';

export const AGENT_TYPES = ['voice', 'text', 'both'] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

export const BUSINESS_TYPES = ['retail', 'microfinance', 'other'] as const;
export type BusinessType = (typeof BUSINESS_TYPES)[number];

export const AGENT_STATUSES = ['creating', 'active', 'paused', 'stopped', 'updating', 'failed', 'deleting'] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

/** Where an agent with a version that serves stays until its owner says otherwise. */
export const RESTING_STATUSES = ['active', 'paused', 'stopped'] as const satisfies readonly AgentStatus[];
export type RestingStatus = (typeof RESTING_STATUSES)[number];

/** Whether no run is under way and a version serves. */
export const isResting = (status: AgentStatus): status is RestingStatus =>
  (RESTING_STATUSES as readonly string[]).includes(status);

/**
 * The one table of legal status changes; the DynamoDB condition of every change and the diagram in ARCHITECTURE.md
 * are generated from it. `fail` of a first version ends in `failed`; `fallBack` of a later one returns to where
 * `update` began, the old version having served all along. So does `activate` of a later version: an update starts no
 * agent that its owner has paused or stopped (`statusAfter`).
 */
export const AGENT_TRANSITIONS = {
  activate: { from: ['creating', 'updating'], to: 'active' },
  fail: { from: ['creating'], to: 'failed' },
  fallBack: { from: ['updating'], to: 'active' },
  update: { from: ['active', 'paused', 'stopped'], to: 'updating' },
  rebuild: { from: ['failed'], to: 'creating' },
  pause: { from: ['active'], to: 'paused' },
  resume: { from: ['paused'], to: 'active' },
  stop: { from: ['active', 'paused'], to: 'stopped' },
  start: { from: ['stopped'], to: 'active' },
  retire: { from: ['creating', 'active', 'paused', 'stopped', 'updating', 'failed', 'deleting'], to: 'deleting' },
} as const satisfies Record<string, { from: readonly AgentStatus[]; to: AgentStatus }>;
export type AgentTransition = keyof typeof AGENT_TRANSITIONS;

/** What an owner does to an agent that serves. */
export const LIFECYCLE_ACTIONS = ['start', 'stop', 'pause', 'resume'] as const satisfies readonly AgentTransition[];
export type LifecycleAction = (typeof LIFECYCLE_ACTIONS)[number];

/** Whether a run that ends like this returns to where its update began. */
export const returnsToRest = (name: AgentTransition): boolean => name === 'activate' || name === 'fallBack';

/** What a transition makes of an agent's status, as the store writes it; legal prior states are the caller's matter. */
export const statusAfter = (
  { status, restsIn }: Pick<Agent, 'status' | 'restsIn'>,
  name: AgentTransition,
): Pick<Agent, 'status' | 'restsIn'> => {
  const { to } = AGENT_TRANSITIONS[name];
  if (name === 'update') return { status: to, restsIn: status as RestingStatus };
  return { status: returnsToRest(name) ? (restsIn ?? to) : to };
};

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

/** Who the agent is for its customers; the SOP may be made from it (`sop-template.ts`). */
export interface AgentCharacter {
  readonly businessName: string;
  readonly products: readonly string[];
  readonly specialties: readonly string[];
  /** As the client writes it: `friendly_helpful`, `professional_friendly`, … */
  readonly tone: string;
  /** Short facts by name; documents belong into the knowledge base. */
  readonly knowledgeBase: Readonly<Record<string, string>>;
}

/** One row of `oratio-agents` (PK `userId`, SK `agentId`). Times are Unix seconds. */
export interface Agent {
  readonly userId: UserId;
  readonly agentId: AgentId;
  readonly agentName: string;
  readonly agentType: AgentType;
  readonly status: AgentStatus;
  /** While `updating`: the status its run returns to. Pausing and the like meanwhile changes this. */
  readonly restsIn?: RestingStatus;
  readonly statusReason?: StatusReason;
  readonly description?: string;
  readonly businessType?: BusinessType;
  readonly character?: AgentCharacter;
  /** Hours, contact, website and whatever else holds for the business; at most 8 KB of JSON. */
  readonly businessContext?: Readonly<Record<string, unknown>>;
  /** `agentcore` unless stated. */
  readonly replyEngine?: ReplyEngineName;
  /** What customers are told while it is paused. */
  readonly notices?: { readonly paused?: string };
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
  /** What it is told for now, on every channel and in calls that go on. */
  readonly liveContext?: LiveContext;
  /** Files the run waits for, all that were asked for; their arrival stands in the knowledge base. Gone once it begins. */
  readonly uploads?: { readonly pending: readonly string[]; readonly expiresAt: number };
  /** Grows with each write; the ETag, and the guard against lost updates. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
