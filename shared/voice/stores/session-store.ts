import type { Call, CallEntry, CallId, CallStatus } from '../../calls/call.ts';
import type { Checkpoint } from '../keeper/call-keeper.ts';
import type { EndReason } from '../protocol/messages.ts';
import type { TicketGrant, VoiceConnection, VoiceSession } from './voice-session.ts';

/** What a call begins with. Its row is written with its first line, or found by `callId` when it was `queued` before. */
export interface Opening {
  readonly session: VoiceSession;
  readonly call: Call;
  /** False: the call's row is there already, and only its session and line are made. */
  readonly isNew: boolean;
  /** How long the first line is held without an owner, in Unix milliseconds. */
  readonly lineUntilMs: number;
  /** The connection of the client that opens it; bound in the same transaction. It may wait for a line. */
  readonly connectionId?: string;
  /** Whether the connection keeps a place in the queue when no line is free. */
  readonly mayWait: boolean;
}

export type Opened =
  | { readonly opened: true }
  /** All lines are taken; `position` when the connection now waits. */
  | { readonly opened: false; readonly reason: 'busy'; readonly position?: number }
  /** The connection holds a call already, or is gone. */
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
  readonly checkpoint?: Checkpoint;
}

/** One fenced write of what happened in a call. */
export interface RecordWrite {
  readonly entries: readonly CallEntry[];
  readonly checkpoint: Checkpoint;
  readonly spentMicroUsd: number;
  readonly nowMs: number;
}

export interface EndWrite {
  readonly status: Extract<CallStatus, 'completed' | 'failed'>;
  readonly reason: EndReason;
  readonly checkpoint: Checkpoint;
  readonly entries: readonly CallEntry[];
  readonly recordingKey?: string;
  readonly failure?: string;
  readonly nowMs: number;
}

/**
 * Sessions, connections, tickets and lines: every write is conditional, and what an owner writes is refused once
 * another one has claimed the call (`FencedError`).
 */
export interface VoiceSessionStore {
  readonly open: (opening: Opening) => Promise<Opened>;
  /** Strongly consistent. */
  readonly find: (callId: CallId) => Promise<VoiceSession | undefined>;
  /** Calls an owner into being: moves `epoch` from `epoch - 1` to `epoch`. False when somebody else did, or the call is over. */
  readonly callOwner: (call: OwnerCall) => Promise<boolean>;
  /**
   * Takes the lease for the owner of this epoch, once: `claimId` tells a repetition from a second claimant. Marks the
   * call as answered. Throws `FencedError`.
   */
  readonly claim: (
    owner: OwnerKey & { readonly tokenHash: string; readonly claimId: string; readonly resumeTokenHash: string },
    times: { readonly nowMs: number; readonly leaseUntilMs: number },
  ) => Promise<VoiceSession>;
  /** Extends lease and line. Throws `FencedError`. */
  readonly renew: (
    owner: OwnerKey,
    session: Pick<VoiceSession, 'userId'>,
    until: { readonly leaseUntilMs: number; readonly lineUntilMs: number; readonly extraLine: boolean },
  ) => Promise<void>;
  /** What the tenant has spent on this UTC day, in micro-dollars. */
  readonly spentToday: (userId: string, nowMs: number) => Promise<number>;
  /** Entries, checkpoint and the growth of the cost, all or nothing. `session.spentMicroUsd` is what was counted before. Throws `FencedError`. */
  readonly record: (
    owner: OwnerKey,
    session: Pick<VoiceSession, 'userId' | 'agentId' | 'spentMicroUsd' | 'startedAtMs'>,
    write: RecordWrite,
  ) => Promise<void>;
  readonly takeExtraLine: (owner: OwnerKey, userId: string, nowMs: number) => Promise<boolean>;
  readonly releaseExtraLine: (callId: CallId) => Promise<void>;
  /** As `callOwner`, but by the owner in charge, with what its successor goes on from. Throws `FencedError`. */
  readonly handOver: (owner: OwnerKey, next: OwnerCall & { readonly checkpoint: Checkpoint }) => Promise<void>;
  /** Ends session and call, frees the lines. A second time it does nothing. Throws `FencedError`. */
  readonly finish: (
    owner: OwnerKey,
    session: Pick<VoiceSession, 'userId' | 'agentId' | 'spentMicroUsd' | 'startedAtMs'>,
    end: EndWrite,
  ) => Promise<void>;
  /** Ends a call that no owner has answered: its opening failed, or the phone was never picked up. False when one has. */
  readonly abandon: (
    session: Pick<VoiceSession, 'callId' | 'userId'>,
    end: Pick<EndWrite, 'reason' | 'failure' | 'nowMs'>,
  ) => Promise<boolean>;

  readonly connect: (connection: VoiceConnection) => Promise<void>;
  readonly connection: (connectionId: string) => Promise<VoiceConnection | undefined>;
  /** Forgets the connection and its place in the queue; gives what it was. */
  readonly disconnect: (connectionId: string) => Promise<VoiceConnection | undefined>;
  /** Keeps the wish of a connection that waits for a line. */
  readonly wait: (connectionId: string, waiting: NonNullable<VoiceConnection['waiting']>) => Promise<void>;
  /** Counts a message that made no sense; gives how many there have been. */
  readonly countBadMessage: (connectionId: string) => Promise<number>;
  /** Makes this the owner's end. False when another owner has claimed the call. */
  readonly attachOwner: (owner: OwnerKey, connectionId: string) => Promise<boolean>;
  /** Notes that the owner's end is down, if it was this one. */
  readonly detachOwner: (callId: CallId, connectionId: string, nowMs: number) => Promise<void>;
  /** Makes this the caller's end; false when the call is over. */
  readonly attachClient: (callId: CallId, connectionId: string, client?: VoiceSession['client']) => Promise<boolean>;

  /** Stores a one-time secret by its hash until `untilMs`. */
  readonly issueTicket: (tokenHash: string, grant: TicketGrant, untilMs: number) => Promise<void>;
  /** What the secret stands for, the first time it is shown before its end; then undefined. */
  readonly redeemTicket: (tokenHash: string, nowMs: number) => Promise<TicketGrant | undefined>;
}
