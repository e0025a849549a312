import type { Call, CallEntry, CallId, CallStatus } from '../../calls/call.ts';
import type { CallTransfer } from '../../transfer/call-transfer.ts';
import type { CallLook, Checkpoint, KnownOfOutside } from '../keeper/call-keeper.ts';
import type { EndReason } from '../protocol/messages.ts';
import type { TicketGrant, VoiceConnection, VoiceSession } from './voice-session.ts';

/** What a call begins with: its rows are written together with its line, or none of them. */
export interface Opening {
  readonly session: VoiceSession;
  /** Absent when the call's row is there already (an outbound call that was queued). */
  readonly call?: Call;
  /** How long the line is held without an owner that renews it; Unix milliseconds. */
  readonly lineUntilMs: number;
  readonly nowMs: number;
  /** The client's connection, bound in the same transaction. */
  readonly connectionId?: string;
  /** Whether to keep a place in the queue when no line is free; asked for again with the same call id. */
  readonly mayWait: boolean;
}

export type Opened =
  | { readonly opened: true }
  /** All lines are taken; with `position` (from 1) the call waits, without it was turned away. */
  | { readonly opened: false; readonly reason: 'busy'; readonly position?: number }
  /** The connection holds a call already or is gone, or the call was opened before. */
  | { readonly opened: false; readonly reason: 'taken' };

/** Names one owner of one call: the fence of its writes. */
export interface OwnerKey {
  readonly callId: CallId;
  readonly epoch: number;
}

export interface OwnerCall extends OwnerKey {
  readonly tokenHash: string;
  readonly cause: VoiceSession['cause'];
  readonly calledAtMs: number;
}

/** One fenced write of what happened in a call. */
export interface RecordWrite {
  readonly entries: readonly CallEntry[];
  readonly checkpoint: Checkpoint;
  readonly spentMicroUsd: number;
  readonly nowMs: number;
}

/** The last write of an owner whose call is put through to a person. */
export interface ParkWrite extends RecordWrite {
  readonly transfer: CallTransfer;
}

export interface EndWrite {
  readonly status: Extract<CallStatus, 'completed' | 'failed'>;
  readonly reason: EndReason;
  readonly checkpoint: Checkpoint;
  readonly entries: readonly CallEntry[];
  /** Where no gateway took it down when the call began. */
  readonly contextOverride?: Readonly<Record<string, unknown>> | undefined;
  readonly nowMs: number;
}

export interface CallAborted {
  readonly reason: EndReason;
  /** In words a person can act on. */
  readonly failure: string;
  readonly nowMs: number;
}

/**
 * Calls under way and who owns them. Every write is conditional; what an owner writes is refused with `FencedError`
 * once another one has claimed the call or it has ended.
 */
export interface SessionStore {
  readonly open: (opening: Opening) => Promise<Opened>;
  /** Strongly consistent. */
  readonly find: (callId: CallId) => Promise<VoiceSession | undefined>;
  /** Calls an owner into being: moves `epoch` from `epoch - 1` on. False when somebody else did, or the call is over. */
  readonly callOwner: (call: OwnerCall) => Promise<boolean>;
  /** Takes the lease for the owner of this epoch, once; `claimId` tells a repetition from a second claimant. Marks the call as answered. */
  readonly claim: (
    owner: OwnerKey & { readonly tokenHash: string; readonly claimId: string; readonly resumeTokenHash: string },
    times: { readonly nowMs: number; readonly leaseUntilMs: number },
  ) => Promise<VoiceSession>;
  /** Extends lease and lines; tells whether the call is to end. */
  readonly renew: (
    owner: OwnerKey,
    session: Pick<VoiceSession, 'userId'>,
    until: { readonly leaseUntilMs: number; readonly lineUntilMs: number; readonly extraLine: boolean },
  ) => Promise<Pick<VoiceSession, 'ending'>>;
  /** What the tenant has spent on this UTC day, in micro-dollars. */
  readonly spentToday: (userId: string, nowMs: number) => Promise<number>;
  /** Entries, checkpoint and what the cost has grown by, all or nothing. Gives the session as it is now. */
  readonly record: (owner: OwnerKey, session: VoiceSession, write: RecordWrite) => Promise<VoiceSession>;
  /** As `callOwner`, but by the owner in charge: with what its successor goes on from. */
  readonly handOver: (
    owner: OwnerKey,
    session: VoiceSession,
    next: OwnerCall & { readonly checkpoint: Checkpoint },
  ) => Promise<VoiceSession>;
  /** What people outside want of the call; eventually consistent, except for what is known to be there. */
  readonly look: (
    session: Pick<VoiceSession, 'callId' | 'userId' | 'agentId'>,
    known: KnownOfOutside,
    nowMs: number,
  ) => Promise<CallLook>;
  readonly takeExtraLine: (
    owner: OwnerKey,
    userId: string,
    times: { readonly nowMs: number; readonly lineUntilMs: number },
  ) => Promise<boolean>;
  readonly releaseExtraLine: (callId: CallId) => Promise<void>;
  /** Writes what is left and takes the call from its owner, all or nothing; then frees its lines. Harmless when this owner did so before. */
  readonly park: (owner: OwnerKey, session: VoiceSession, write: ParkWrite) => Promise<VoiceSession>;
  /** Ends session and call and frees its lines. Harmless when this owner did so before. */
  readonly finish: (owner: OwnerKey, session: VoiceSession, end: EndWrite) => Promise<void>;
  /** Ends a call that no owner has answered yet, or none since the one that was `lost`. False when one has, or it is over. */
  readonly abandon: (
    session: Pick<VoiceSession, 'callId' | 'userId'> & {
      readonly lost?: Pick<VoiceSession, 'claimedEpoch' | 'leaseUntilMs'>;
    },
    end: CallAborted,
  ) => Promise<boolean>;

  /** Makes this the owner's end. False when another owner has claimed the call, or it is over. */
  readonly attachOwner: (owner: OwnerKey, connectionId: string) => Promise<boolean>;
  /** Notes that the owner's end is down, if it was this one. */
  readonly detachOwner: (callId: CallId, connectionId: string, nowMs: number) => Promise<void>;
  /** Makes this the caller's end. False when the call is over. */
  readonly attachClient: (callId: CallId, connectionId: string, streamSid?: string) => Promise<boolean>;
}

/** Ends calls from outside. */
export interface CallEndings {
  /**
   * Decides that the call ends: its owner says goodbye when it renews its lease next. Gives until when it may have an
   * owner, in Unix milliseconds; undefined when it is over, or somebody decided so before.
   */
  readonly endSoon: (callId: CallId, reason: EndReason) => Promise<number | undefined>;
}

/** Connections of the WebSocket API, and the one-time secrets that open them. */
export interface ConnectionStore {
  readonly connect: (connection: VoiceConnection) => Promise<void>;
  /** Strongly consistent. */
  readonly find: (connectionId: string) => Promise<VoiceConnection | undefined>;
  /** Forgets the connection; gives what it was. */
  readonly disconnect: (connectionId: string) => Promise<VoiceConnection | undefined>;
  /** Keeps what a connection waits for, or ties it to the call it holds. False when the connection is gone. */
  readonly change: (
    connectionId: string,
    change: Partial<Pick<VoiceConnection, 'callId' | 'waiting'>>,
  ) => Promise<boolean>;
  /** Counts a message that made no sense; gives how many there have been, infinitely many of a connection that is gone. */
  readonly countBadMessage: (connectionId: string) => Promise<number>;
}

export interface TicketStore {
  /** Stores a one-time secret by its SHA-256 until `untilMs`. */
  readonly issue: (tokenHash: string, grant: TicketGrant, untilMs: number) => Promise<void>;
  /** What the secret stands for, the first time it is shown before its end; after that undefined. */
  readonly redeem: (tokenHash: string, nowMs: number) => Promise<TicketGrant | undefined>;
}
