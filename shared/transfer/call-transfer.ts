/** How the person's phone was not answered; Twilio's words (`DialCallStatus`). */
export const UNANSWERED = ['busy', 'no-answer', 'failed', 'canceled'] as const;
export type Unanswered = (typeof UNANSWERED)[number];

/**
 * `dialling`: the agent is done and the person's phone is to ring. `answered`: they speak. `ended`: they have spoken.
 * `unanswered`: the caller is back with the agent, or has hung up.
 */
export const TRANSFER_STATUSES = ['dialling', 'answered', 'ended', 'unanswered'] as const;
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

/** A phone call that is being, or was, put through to a person. Times in Unix milliseconds. */
export interface CallTransfer {
  /** Epoch of the owner that let go of the call: tells one transfer of a call from the next. */
  readonly epoch: number;
  readonly status: TransferStatus;
  /** E.164. */
  readonly to: string;
  readonly ringSeconds: number;
  /** Name of the operator who wanted it; absent where the agent did. */
  readonly operator?: string;
  readonly startedAtMs: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs?: number;
  readonly outcome?: Unanswered;
}

/** What a transfer has come to, told by the provider. */
export type TransferNews =
  | { readonly kind: 'answered' }
  /** The person's leg is over; `talked` is how long, where the provider says so. */
  | { readonly kind: 'talked'; readonly talkedMs?: number }
  | { readonly kind: 'unanswered'; readonly outcome: Unanswered };

/** The transfer after the news; undefined where it is none. Pure. */
export const afterNews = (transfer: CallTransfer, news: TransferNews, nowMs: number): CallTransfer | undefined => {
  const { status } = transfer;
  if (status === 'ended' || status === 'unanswered') return undefined;
  switch (news.kind) {
    case 'answered':
      return status === 'dialling' ? { ...transfer, status: 'answered', answeredAtMs: nowMs } : undefined;
    case 'talked': {
      const answeredAtMs = transfer.answeredAtMs ?? Math.max(transfer.startedAtMs, nowMs - (news.talkedMs ?? 0));
      return { ...transfer, status: 'ended', answeredAtMs, endedAtMs: nowMs };
    }
    case 'unanswered':
      // A leg that was answered is not unanswered because the provider calls its end a failure.
      return status === 'answered'
        ? { ...transfer, status: 'ended', endedAtMs: nowMs }
        : { ...transfer, status: 'unanswered', outcome: news.outcome, endedAtMs: nowMs };
  }
};
