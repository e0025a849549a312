import type { VoiceSession } from '../stores/voice-session.ts';

/** What to do about an owner that could not be reached. */
export type OwnerSearch =
  | { readonly outcome: 'at'; readonly connectionId: string }
  /** One is on its way, or may come back: what is said meanwhile is lost, as when a line crackles. */
  | { readonly outcome: 'wait' }
  | { readonly outcome: 'call'; readonly epoch: number; readonly cause: 'start' | 'takeover' }
  /** Several were called and none came. */
  | { readonly outcome: 'give-up' }
  | { readonly outcome: 'over' };

/** An owner that was called has claimed within this, cold start and all, or never will. */
const CLAIM_WITHIN_MS = 8000;
/** So many are called in a row: a line is held for a little longer than the first of a call may take together. */
const MOST_CALLED = 3;
/** An owner that has claimed dials at once. */
const DIAL_WITHIN_MS = 5000;
/** An owner whose connection broke dials again; one that died does not. */
export const RETURN_WITHIN_MS = 2500;

/**
 * Where the owner of a call is, given that it is not at `triedConnectionId`. A takeover may be mistaken (the owner
 * lives, but its connection broke twice): the epoch then silences the old one.
 */
export const searchOwner = (
  session:
    | Pick<
        VoiceSession,
        'status' | 'epoch' | 'claimedEpoch' | 'calledAtMs' | 'leaseUntilMs' | 'ownerConnectionId' | 'ownerLostAtMs'
      >
    | undefined,
  triedConnectionId: string | undefined,
  nowMs: number,
): OwnerSearch => {
  if (session === undefined || session.status === 'ended') return { outcome: 'over' };
  const { ownerConnectionId, ownerLostAtMs, epoch, claimedEpoch, calledAtMs = 0 } = session;
  const isUp = ownerConnectionId !== undefined && ownerLostAtMs === undefined;
  if (isUp && ownerConnectionId !== triedConnectionId) return { outcome: 'at', connectionId: ownerConnectionId };
  if (epoch - claimedEpoch >= MOST_CALLED && nowMs >= calledAtMs + CLAIM_WITHIN_MS) return { outcome: 'give-up' };
  const call = { outcome: 'call', epoch: epoch + 1, cause: claimedEpoch === 0 ? 'start' : 'takeover' } as const;
  // Nobody was called yet: a phone whose stream has not come, or a call that is being opened.
  if (epoch === 0) return { outcome: 'wait' };
  if (epoch > claimedEpoch) return nowMs < calledAtMs + CLAIM_WITHIN_MS ? { outcome: 'wait' } : call;
  if (ownerLostAtMs !== undefined) return nowMs < ownerLostAtMs + RETURN_WITHIN_MS ? { outcome: 'wait' } : call;
  if (ownerConnectionId !== undefined) return { outcome: 'wait' };
  return nowMs < calledAtMs + CLAIM_WITHIN_MS + DIAL_WITHIN_MS ? { outcome: 'wait' } : call;
};
