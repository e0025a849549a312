import type { EndReason } from '../protocol/messages.ts';
import { checkpointOf } from './checkpoint.ts';
import { change, type Draft } from './draft.ts';
import { beginEnding, stop } from './ending.ts';
import { phrasesOf } from './phrases.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import { settleSpeech, unplayedMs } from './speech.ts';
import { isTurnBoundary } from './turns.ts';

const MAX_TRIES = 3;
const RETRY_MS = 2000;

/** Before this process is stopped from outside the call goes to a successor, at a turn boundary if there is one in time. */
export function handOverTick(draft: Draft): void {
  const { setup, handOver, streams } = draft.state;
  const deadlineMs = setup.deadlineMs ?? handOver.deadlineMs;
  if (deadlineMs === undefined) return;
  const leftMs = deadlineMs - draft.nowMs;
  if (leftMs <= SESSION_LIMITS.handOverLetGoMs) {
    letGo(draft);
    return;
  }
  if (handOver.status !== 'none' || draft.nowMs < handOver.retryAtMs || leftMs > SESSION_LIMITS.handOverArmMs) return;
  const isBoundary = isTurnBoundary(draft.state) && streams.current !== undefined && !streams.next;
  // Best is while an answer is still being played: the caller listens, and the successor has it to begin in.
  const unplayed = unplayedMs(draft.state, draft.nowMs);
  const isListening =
    unplayed >= SESSION_LIMITS.handOverUnplayedMs && unplayed <= SESSION_LIMITS.handOverMostUnplayedMs;
  const isGoodMoment = isBoundary && (isListening || leftMs <= SESSION_LIMITS.handOverSettleMs);
  if (isGoodMoment || leftMs <= SESSION_LIMITS.handOverForceMs) askSuccessor(draft);
}

/**
 * This process was asked to go. With a deadline ahead the successor is called at once; without one there is a little
 * time for a pause. A telephone's connection ends here: nobody can take that call over.
 */
export function askedToGo(draft: Draft): void {
  const { setup, handOver } = draft.state;
  if (setup.deadlineMs !== undefined) askSuccessor(draft);
  else if (setup.transport === 'twilio') endPolitely(draft, 'failed');
  else if (handOver.deadlineMs === undefined) {
    change(draft, 'handOver', { deadlineMs: draft.nowMs + SESSION_LIMITS.drainMs });
  }
}

/** Ends the call for a reason that has nothing to do with what is being said. */
export function endPolitely(draft: Draft, reason: EndReason): void {
  beginEnding(draft, { reason, phrase: phrasesOf(draft.state.client.language).goodbye, isSoft: false });
}

/** Calls a successor, unless one was called. */
export function askSuccessor(draft: Draft): void {
  if (draft.state.handOver.status !== 'none') return;
  change(draft, 'handOver', { status: 'asked' });
  draft.effects.push({ type: 'hand-over', checkpoint: checkpointOf(draft.state) });
}

/** Whether a successor could be called. */
export function handedOver(draft: Draft, accepted: boolean): void {
  const { tries } = draft.state.handOver;
  if (accepted) {
    change(draft, 'handOver', { status: 'accepted' });
    return;
  }
  const isLast = tries + 1 >= MAX_TRIES;
  change(draft, 'handOver', {
    status: 'none',
    tries: tries + 1,
    retryAtMs: isLast ? Number.POSITIVE_INFINITY : draft.nowMs + RETRY_MS,
  });
  if (isLast && draft.state.setup.deadlineMs === undefined) endPolitely(draft, 'failed');
}

/** No time left. The successor claims, or the gateway finds this owner's connection gone and calls one. */
function letGo(draft: Draft): void {
  settleSpeech(draft);
  stop(draft, { how: 'handed-over' });
}

/** Somebody else owns the call now. */
export function fenced(draft: Draft): void {
  stop(draft, { how: draft.state.handOver.status === 'none' ? 'fenced' : 'handed-over' });
}
