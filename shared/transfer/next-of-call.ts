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
  /** The caller has hung up on the way back to the agent, before anybody was there. */
  | { readonly next: 'leave' }
  /** The session is ended; so is the call, unless its end was not written. */
  | { readonly next: 'conclude' };

type Known = Pick<VoiceSession, 'status' | 'transfer' | 'claimedEpoch'>;

/** How a phone call goes on after its stream, or after a person's phone has rung. Pure; asked again it says the same. */
export const nextOfCall = (session: Known | undefined, asked: NextAsked): Next => {
  const transfer = session?.transfer;
  if (session === undefined || transfer === undefined) return { next: 'hang-up' };
  if (asked.epoch !== undefined && asked.epoch !== transfer.epoch) return { next: 'hang-up' };
  if (session.status === 'ended') return { next: 'conclude' };
  return session.status === 'open' ? nextOfOpen(session, transfer, asked) : nextOfParked(transfer, asked);
};

/** Whoever owns the call ends it; on the way back to the agent nobody does. */
const nextOfOpen = ({ claimedEpoch }: Known, transfer: CallTransfer, { isCallerThere, epoch }: NextAsked): Next => {
  const isReturning = transfer.status === 'unanswered' && claimedEpoch === transfer.epoch;
  if (isReturning && !isCallerThere) return { next: 'leave' };
  return isReturning && epoch !== undefined ? { next: 'stream' } : { next: 'hang-up' };
};

const nextOfParked = (transfer: CallTransfer, { isCallerThere, dialStatus, talkedMs, nowMs }: NextAsked): Next => {
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
