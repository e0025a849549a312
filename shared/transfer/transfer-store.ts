import type { Call, CallCost } from '../calls/call.ts';
import type { VoiceSession } from '../voice/stores/voice-session.ts';
import type { CallTransfer, TransferStatus } from './call-transfer.ts';

/** One step of a transfer, from what was read. */
export interface TransferStep {
  readonly transfer: CallTransfer;
  /** What the call has cost in all after it. */
  readonly cost: CallCost;
  readonly nowMs: number;
}

/** The steps of calls that are put through to people. All are conditional on what was read: false, somebody was faster. */
export interface TransferStore {
  /** Puts the step on record; with `ended` the call has no owner any more. */
  readonly advance: (session: VoiceSession, step: TransferStep & { readonly ended: boolean }) => Promise<boolean>;
  /** Puts the step on record and gives the call back to its agent, with a line. */
  readonly giveBack: (
    session: VoiceSession,
    step: TransferStep & { readonly lineUntilMs: number },
  ) => Promise<'given' | 'busy' | 'changed'>;
  /** Ends the session of a caller who did not wait for an owner, and frees its line; false when one came. */
  readonly leave: (session: VoiceSession) => Promise<boolean>;
  /** Ends and counts a call whose session is ended; harmless when repeated. */
  readonly conclude: (
    session: Pick<VoiceSession, 'userId' | 'callId' | 'tally'>,
    end: { readonly endReason: NonNullable<Call['endReason']>; readonly endedAtMs: number },
  ) => Promise<void>;
}

/** The entry of a call's record that tells of a step. Pure. */
export const transferEntry = ({ status, to, operator, outcome, answeredAtMs, endedAtMs }: CallTransfer) => ({
  kind: 'transfer' as const,
  status: status satisfies TransferStatus,
  to,
  ...(operator === undefined ? {} : { operator }),
  ...(outcome === undefined ? {} : { outcome }),
  ...(status === 'ended' && answeredAtMs !== undefined && endedAtMs !== undefined
    ? { durationMs: Math.max(0, endedAtMs - answeredAtMs) }
    : {}),
});
