import type { CallCost, CallEntry, CallStatus } from '../../calls/call.ts';
import type { CallCommand, Controller, Operator } from '../../control/command.ts';
import type { LiveContext } from '../../control/live-context.ts';
import type { AgentContext } from '../../customers/customer-memory.ts';
import type { Passing } from '../../live/call-feed.ts';
import type { Watcher } from '../../live/watches.ts';
import type { CallTransfer } from '../../transfer/call-transfer.ts';
import type { HistoryTurn } from '../engines/speech-engine.ts';
import type { EndReason } from '../protocol/messages.ts';
import type { VoiceSettings } from '../voice-settings.ts';

/** Proof that this process may own the call: the fencing token of its lease. */
export interface OwnerClaim {
  readonly callId: string;
  /** Grows by one with each owner; writes of a smaller one are refused. */
  readonly epoch: number;
  /** One-time secret handed over when the owner was called into being; redeemed by `claim`. */
  readonly ownerToken: string;
}

/** What of a call depends on the agent that speaks: fixed when it is opened, replaced by a switch or a change of settings. */
export interface AgentTerms {
  readonly agentId: string;
  readonly agentName: string;
  /** Version that answers; undefined in calls that an earlier release opened. */
  readonly agentVersion?: number;
  readonly agentRuntimeArn: string;
  readonly endpointName: string;
  readonly settings: VoiceSettings;
  /** Revision of the agent's row that `settings` are of; a look may tell of a later one. */
  readonly settingsVersion?: number;
  /** What is known of the business; facts for the prompt. */
  readonly business?: AgentContext['business'];
  /** What the agent was told for now when these terms were read; a newer one comes by `look`. */
  readonly live?: LiveContext;
}

/** What becomes of a wish for an agent, or for the present one's newest settings. */
export type AgentAnswer =
  | { readonly outcome: 'found'; readonly terms: AgentTerms }
  /** Not in this process: whoever is called next may hold the call with it. */
  | { readonly outcome: 'elsewhere'; readonly agentName: string }
  | { readonly outcome: 'refused'; readonly code: AgentRefusal; readonly detail: string };

/** Codes of `shared/kernel/problems.ts`. */
export const AGENT_REFUSALS = [
  'agent-not-found',
  'agent-not-ready',
  'agent-has-no-voice',
  'agent-paused',
  'agent-stopped',
  'agent-switch-denied',
] as const;
export type AgentRefusal = (typeof AGENT_REFUSALS)[number];

/** What a new owner must know to speak with the caller. */
export interface CallBriefing extends AgentTerms {
  readonly callId: string;
  readonly userId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly channel: 'browser' | 'phone';
  readonly resumeToken: string;
  /** Wishes of `session.start`, where the gateway took it; absent when the owner itself gets that message first. */
  readonly client?: Checkpoint['client'];
  /** What is known of whoever speaks, to the agent the call was opened with; facts for the prompt. */
  readonly customer?: AgentContext['customer'];
  /** Laid into the prompt. */
  readonly contextOverride: Readonly<Record<string, unknown>>;
  readonly startedAtMs: number;
  /** Undefined for the first owner of a call. */
  readonly checkpoint: Checkpoint | undefined;
  /** Why there is a new owner: first of all, in good order, because the one before was lost, or since no person answered. */
  readonly cause: 'start' | 'hand-over' | 'takeover' | 'return';
  /** The last sign of the owner before: it renewed its lease, or its connection broke. Undefined for the first owner. */
  readonly lastSeenAtMs?: number;
  readonly leaseUntilMs: number;
  readonly limits: CallLimits;
}

export interface CallLimits {
  readonly callBudgetMicroUsd: number;
  /** Of all calls of the tenant, per UTC day. */
  readonly tenantDailyBudgetMicroUsd: number;
  readonly maxCallSeconds: number;
}

/** Words that have gone out to the caller, of one speaker: the agent, or an operator who spoke in its place. */
export interface SpokenWords {
  readonly text: string;
  readonly operator?: string;
}

/** State a successor goes on from; written with each final turn. At most 60 KB as JSON. */
export interface Checkpoint {
  /** Number of the last turn that was finished. */
  readonly turn: number;
  /** Sequence number of the next entry of the call. */
  readonly nextEntry: number;
  /** Sequence number of the next audio frame to the client. */
  readonly nextAudioSeq: number;
  /** Number of the last audio frame of the client whose words are on record, or that was silence; a successor asks for those after it. */
  readonly heardSeq?: number;
  /** Final texts, newest last; trimmed to what engines take. */
  readonly history: readonly HistoryTurn[];
  /** The caller's words that no answer has followed yet: the successor answers them. */
  readonly unanswered: string | undefined;
  readonly engine: 'nova-sonic' | 'openai-realtime' | 'cascade';
  readonly cost: CallCost;
  /** Wishes of the client that hold for the whole call. */
  readonly client: {
    readonly inputSampleRateHertz: number;
    readonly outputSampleRateHertz: number;
    readonly voice: string;
    readonly language: string;
    readonly recordingConsent: boolean;
  };
  /** What the agent has said, but the caller may not have heard to its end yet: no entry tells of it so far, the history does. */
  readonly speaking?: { readonly turnNumber: number; readonly said: readonly SpokenWords[] };
  /** Unix milliseconds since which the client's present connection has been up. */
  readonly connectedSinceMs?: number;
  /** The agent has offered or decided these; a successor must not decide anew. */
  readonly handoff: HandoffDecision | undefined;
  /** Absent in a call that no operator has touched. */
  readonly control?: CallControl;
  /** The agent that speaks, once the caller has switched; a successor reads its terms anew. `isNew`: it has not greeted yet. */
  readonly agent?: { readonly agentId: string; readonly isNew?: true };
}

/** A person is to take over. `to` and `operator` are those of an operator's wish: E.164, and who it was. */
export interface HandoffDecision {
  readonly reason: string;
  readonly summary: string;
  readonly to?: string;
  readonly operator?: string;
}

/** What operators have made of a call; a successor goes on with it. */
export interface CallControl {
  /** Number of the last command that was applied: none is applied twice. */
  readonly lastCommand: number;
  /** `hold`: the caller waits. `takeover`: the agent is mute, an operator speaks through it. */
  readonly mode: 'agent' | 'hold' | 'takeover';
  /** The last command of an operator; a mode that nobody renews ends by itself. */
  readonly commandAtMs: number;
  /** What the agent was told in secret; the newest few. */
  readonly whispers: readonly string[];
  /** Words that are to be said and were not said to their end yet, in their order. */
  readonly says: readonly { readonly seq: number; readonly text: string; readonly operator: Operator['name'] }[];
  /** The caller's words since the agent fell silent that nobody has answered. */
  readonly waiting: string;
  /** Facts about the call, once an operator has changed them. */
  readonly contextOverride?: Readonly<Record<string, unknown>>;
}

/** Somebody who wants to know what happens in a call: `call:{callId}`, `call:{callId}:audio`. */
export type CallWatcher = Watcher;

/** What people outside want of a call. */
export interface CallLook {
  /** Those after the one that was asked for, in their order, without gaps; at most `COMMANDS_A_LOOK`. */
  readonly commands: readonly CallCommand[];
  /** Of what the agent is told for now; 0 where nothing was edited since the call was opened. */
  readonly contextVersion: number;
  /** Only when it is newer than the one that was asked for. */
  readonly context?: LiveContext;
  readonly watchers: readonly CallWatcher[];
  /** Revision of the agent's row with which its voice or providers were changed last; 0: not for days. */
  readonly settingsVersion: number;
  /** Who had the call in hand last; the lease may be over. */
  readonly controller?: Controller;
}

/** What a look need not bring again, and how fresh it has to be. */
export interface KnownOfOutside {
  readonly afterCommand: number;
  readonly afterContext?: number;
  readonly agentId?: string;
  readonly isTold?: boolean;
}

/** More come with the next look. */
export const COMMANDS_A_LOOK = 20;

/** Thrown by every method once another owner has the call: the process must fall silent at once. */
export class FencedError extends Error {
  constructor(callId: string) {
    super(`Somebody else owns call ${callId}.`);
    this.name = 'FencedError';
  }
}

/** All that the owner of a call stores; each write is fenced by the owner's epoch. */
export interface CallKeeper {
  /** Takes the lease. Throws `FencedError` when the token was used or a newer owner exists. */
  readonly claim: () => Promise<CallBriefing>;
  /**
   * Extends lease and line: every `LEASE_RENEW_MS`, and each second while a successor is awaited, so that this owner
   * falls silent soon after it has claimed. `ending`: the call is to end for this reason, as somebody outside has
   * decided.
   */
  readonly renew: () => Promise<{
    readonly leaseUntilMs: number;
    readonly tenantSpentMicroUsd: number;
    readonly ending?: EndReason;
  }>;
  /**
   * Adds entries (their `seq` makes a repetition harmless) and the checkpoint in one fenced write.
   * `spentMicroUsd` is what the call has cost in all; the tenant's day is counted from its growth.
   */
  readonly record: (write: {
    readonly entries: readonly CallEntry[];
    readonly checkpoint: Checkpoint;
    readonly spentMicroUsd: number;
  }) => Promise<{ readonly tenantSpentMicroUsd: number }>;
  /**
   * What people outside want of this call, and who watches it: each second, and when told that there is something. One
   * small read when nothing is new. `afterCommand`: number of the last command that was applied; `afterContext`: version
   * of the agent's live context that is in force; `agentId`: the agent that speaks, where it is not the one the call was
   * opened with; `isTold`: something was written just now, so an older state will not do.
   */
  readonly look: (known: KnownOfOutside) => Promise<CallLook>;
  /**
   * The terms of an agent, as they are now: of another one that the caller wants to speak to (asked whether he may), or
   * of the one that speaks, whose settings have changed. Reads only: what is in force says the next checkpoint.
   */
  readonly agent: (agentId: string) => Promise<AgentAnswer>;
  /**
   * Lets whoever watches the call know what passes in it and is not on record: words that may still change, the meter,
   * both voices. Absent where nobody can watch. `watchers`: as `look` gave them.
   */
  readonly pass?: (passing: readonly Passing[], watchers: CallLook['watchers']) => Promise<void>;
  /** Asks for a second line while two streams overlap. False: none is free. */
  readonly takeExtraLine: () => Promise<boolean>;
  readonly releaseExtraLine: () => Promise<void>;
  /** Calls a successor into being with the next epoch; this owner may speak until the successor claims. */
  readonly handOver: (checkpoint: Checkpoint) => Promise<void>;
  /**
   * Lets go of a phone call that is put through to a person: what is left is stored, the line freed, and nobody owns the
   * call until it comes back or ends. Idempotent. Absent where there is no telephone.
   */
  readonly park?: (parting: {
    readonly checkpoint: Checkpoint;
    readonly entries: readonly CallEntry[];
    readonly transfer: CallTransfer;
  }) => Promise<void>;
  /** Frees line and lease, closes the call's record. Idempotent. */
  readonly finish: (end: {
    readonly status: Extract<CallStatus, 'completed' | 'failed'>;
    readonly reason: EndReason;
    readonly checkpoint: Checkpoint;
    readonly entries: readonly CallEntry[];
    /** Facts about the call that the client told the owner itself, where no gateway took them: kept with its record. */
    readonly contextOverride?: Readonly<Record<string, unknown>>;
  }) => Promise<void>;
}

/** How long a lease holds after its last renewal; an owner that could not renew falls silent before it ends. */
export const LEASE_MS = 15_000;
export const LEASE_RENEW_MS = 5000;
/** An owner whose lease has less than this left sends nothing more. */
export const LEASE_GUARD_MS = 2000;
