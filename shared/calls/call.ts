import * as z from 'zod';
import type { ControlAction } from '../control/command.ts';
import type { CallTransfer, TransferStatus, Unanswered } from '../transfer/call-transfer.ts';
import type { EndReason } from '../voice/protocol/messages.ts';

/** One call with an agent; UUID version 7, so that calls sort by their beginning. Also AgentCore's session id on the direct path. */
export const CallId = z.uuid().brand<'CallId'>();
export type CallId = z.output<typeof CallId>;

export const CALL_STATUSES = ['queued', 'ringing', 'starting', 'active', 'completed', 'failed'] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

export const CALL_CHANNELS = ['browser', 'phone'] as const;
export const CALL_DIRECTIONS = ['inbound', 'outbound'] as const;

/** The one table of legal status changes; conditions of writes are drawn from it. */
export const CALL_TRANSITIONS = {
  dial: { from: ['queued'], to: 'ringing' },
  admit: { from: ['queued', 'ringing'], to: 'starting' },
  answer: { from: ['starting'], to: 'active' },
  complete: { from: ['starting', 'active'], to: 'completed' },
  fail: { from: ['queued', 'ringing', 'starting', 'active'], to: 'failed' },
} as const satisfies Record<string, { from: readonly CallStatus[]; to: CallStatus }>;

export const COST_LEGS = ['model', 'transport', 'compute', 'telephony', 'speech', 'tools'] as const;
export type CostLeg = (typeof COST_LEGS)[number];

/** Millionths of a US dollar by what they were spent on. */
export type CallCost = Readonly<Record<CostLeg, number>>;

/** One row of `{prefix}-calls` (PK `userId`, SK `callId`). Times in Unix milliseconds. */
export interface Call {
  readonly userId: string;
  readonly callId: CallId;
  readonly agentId: string;
  readonly agentVersion: number;
  /** As it was called then; of calls since they can be searched for it. */
  readonly agentName?: string;
  readonly status: CallStatus;
  readonly channel: (typeof CALL_CHANNELS)[number];
  readonly direction: (typeof CALL_DIRECTIONS)[number];
  readonly transport: 'relay' | 'direct' | 'twilio';
  /** E.164; of a phone call. */
  readonly fromNumber?: string;
  readonly toNumber?: string;
  /** Twilio's id of the call. */
  readonly callSid?: string;
  readonly createdAtMs: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs?: number;
  readonly endReason?: EndReason;
  /** In words a person can act on; of a failed call. */
  readonly failure?: string;
  /** The operator's command that ended it before anybody had answered. */
  readonly endCommandId?: string;
  readonly engine?: string;
  readonly turns: number;
  readonly interruptions: number;
  readonly renewals: number;
  readonly handOvers: number;
  readonly cost: CallCost;
  readonly contextOverride?: Readonly<Record<string, unknown>>;
  /** The newest, where the call was put through to a person. */
  readonly transfer?: CallTransfer;
  /** How often operators have changed it. */
  readonly contextEdits?: number;
  /** The owners, by their epochs and ascending, that each wrote a part of the recording. */
  readonly recordedParts?: readonly number[];
  /** Unix seconds; DynamoDB's TTL. */
  readonly expiresAt: number;
}

/**
 * What happened in a call, in order. Stored in the conversations table under `{userId}#{agentId}#{callId}` with sort
 * key `turn` = `seq`, so that calls and chats are one memory and are erased together.
 */
export type CallEntry =
  | EntryOf<
      'turn',
      {
        readonly role: 'user' | 'assistant';
        readonly turnNumber: number;
        readonly text: string;
        /** The caller cut it off: `text` is what was really played. */
        readonly interrupted?: boolean;
        /** End of the caller's speech to first audio; of an assistant's turn. */
        readonly answerLatencyMs?: number;
        /** Position in the recording and on the timeline, from the call's beginning. */
        readonly startMs?: number;
        readonly playedMs?: number;
        /** How the caller said it, when not by voice. */
        readonly via?: 'voice' | 'text' | 'dtmf';
        /** Name of the operator who had the agent's voice say it; of an assistant's turn. */
        readonly operator?: string;
      }
    >
  | EntryOf<
      'tool',
      {
        readonly turnNumber: number;
        readonly toolUseId: string;
        readonly name: string;
        readonly status: 'success' | 'error' | 'timeout' | 'discarded';
        readonly durationMs: number;
        /** SOP clauses it carried out. */
        readonly clauseIds?: readonly string[];
      }
    >
  | EntryOf<'interruption', { readonly turnNumber: number; readonly playedMs: number; readonly toSilenceMs?: number }>
  | EntryOf<
      'renewal',
      { readonly cause: 'age' | 'idle' | 'error'; readonly gapMs: number; readonly replayedMs: number }
    >
  | EntryOf<'hand-over', { readonly epoch: number }>
  /** `gapMs`: from the last sign of the owner before until this one came. */
  | EntryOf<'takeover', { readonly epoch: number; readonly gapMs: number }>
  | EntryOf<'engine-change', { readonly from: string; readonly to: string; readonly reason: string }>
  /** The caller went on with another agent of the tenant. */
  | EntryOf<'agent-switch', { readonly fromAgentId: string; readonly agentId: string; readonly agentName: string }>
  | EntryOf<'handoff', { readonly reason: string; readonly summary: string }>
  /** `to`: E.164. `durationMs`: how long caller and person have spoken. */
  | EntryOf<
      'transfer',
      {
        readonly status: TransferStatus;
        readonly to: string;
        readonly operator?: string;
        readonly outcome?: Unanswered;
        readonly durationMs?: number;
      }
    >
  | EntryOf<
      'operator',
      {
        readonly action: ControlAction;
        readonly commandId: string;
        /** Who: name for people, and the sign-in. */
        readonly operator: string;
        readonly operatorId: string;
        /** Words of a whisper, or that were to be said; else the reason. */
        readonly text?: string;
      }
    >
  | EntryOf<'warning', { readonly code: string }>
  | EntryOf<'audio-lost', { readonly frames: number }>;

type EntryOf<Kind extends string, Fields> = Fields & {
  readonly kind: Kind;
  /** From 0, without gaps, over all owners of the call. */
  readonly seq: number;
  /** Unix milliseconds. */
  readonly atMs: number;
};
