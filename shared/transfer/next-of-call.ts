import type { VoiceSession } from '../voice/stores/voice-session.ts';
import { afterNews, type CallTransfer, type TransferNews, type Unanswered } from './call-transfer.ts';

/** What the provider tells when it asks how a call goes on. */
export interface NextAsked {
  /** Whether the caller is still on the line. */
  readonly isCallerThere: boolean;
  /** Of the transfer whose person's phone has rung; absent after the media stream. */
  readonly epoch?: number | undefined;
  readonly dialStatus?: 'completed' | 'answered' | Unanswered | undefined;
  readonly talkedMs?: number | undefined;
  readonly nowMs: number;
}

export type Next =
  /** Nothing follows. */
  | { readonly next: 'hang-up' }
  | { readonly next: 'dial'; readonly transfer: CallTransfer }
  /** Caller or person have hung up: the call is over. */
  | { readonly next: 'end'; readonly transfer: CallTransfer }
  /** Nobody answered: the caller goes back to the agent. */
  | { readonly next: 'give-back'; readonly transfer: CallTransfer }
  /** The same, when it was written before and the answer may have been lost. */
  | { readonly next: 'stream' }
  /** The session is ended; so is the call, unless its end was not written. */
  | { readonly next: 'conclude' };

/** How a phone call goes on after its stream, or after a person's phone has rung. Pure; asked again it says the same. */
export const nextOfCall = (
  session: Pick<VoiceSession, 'status' | 'transfer' | 'claimedEpoch'> | undefined,
  { isCallerThere, epoch, dialStatus, talkedMs, nowMs }: NextAsked,
): Next => {
  const transfer = session?.transfer;
  if (session === undefined || transfer === undefined) return { next: 'hang-up' };
  if (epoch !== undefined && epoch !== transfer.epoch) return { next: 'hang-up' };
  if (session.status === 'ended') return { next: 'conclude' };
  if (session.status === 'open') {
    const isBack = epoch !== undefined && transfer.status === 'unanswered' && session.claimedEpoch === epoch;
    return isBack && isCallerThere ? { next: 'stream' } : { next: 'hang-up' };
  }
  if (dialStatus === undefined) {
    if (transfer.status === 'dialling' && isCallerThere) return { next: 'dial', transfer };
    const left = afterNews(transfer, { kind: 'unanswered', outcome: 'canceled' }, nowMs);
    return left === undefined || isCallerThere ? { next: 'hang-up' } : { next: 'end', transfer: left };
  }
  const after = afterNews(transfer, newsOf(dialStatus, talkedMs), nowMs);
  if (after === undefined) return { next: 'hang-up' };
  return after.status === 'unanswered' && isCallerThere
    ? { next: 'give-back', transfer: after }
    : { next: 'end', transfer: after };
};

const newsOf = (status: NonNullable<NextAsked['dialStatus']>, talkedMs: number | undefined): TransferNews => {
  if (status !== 'completed' && status !== 'answered') return { kind: 'unanswered', outcome: status };
  return { kind: 'talked', ...(talkedMs === undefined ? {} : { talkedMs }) };
};
