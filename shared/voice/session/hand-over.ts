import { checkpointOf } from './checkpoint.ts';
import { change, type Draft } from './draft.ts';
import { stop } from './ending.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import { settleSpeech, unplayedMs } from './speech.ts';
import { isTurnBoundary } from './turns.ts';

const MAX_TRIES = 3;
const RETRY_MS = 2000;

/** Before this process is stopped from outside the call goes to a successor, at a turn boundary if there is one in time. */
export function handOverTick(draft: Draft): void {
  const { setup, handOver, streams } = draft.state;
  if (setup.deadlineMs === undefined) return;
  const leftMs = setup.deadlineMs - draft.nowMs;
  if (leftMs <= SESSION_LIMITS.handOverLetGoMs) {
    letGo(draft);
    return;
  }
  if (handOver.status !== 'none' || draft.nowMs < handOver.retryAtMs || leftMs > SESSION_LIMITS.handOverArmMs) return;
  const isBoundary = isTurnBoundary(draft.state) && streams.current !== undefined && !streams.next;
  // Best is while an answer is still being played: the caller listens, and the successor has it to begin in.
  const isListening = unplayedMs(draft.state, draft.nowMs) >= SESSION_LIMITS.handOverUnplayedMs;
  const isGoodMoment = isBoundary && (isListening || leftMs <= SESSION_LIMITS.handOverSettleMs);
  if (isGoodMoment || leftMs <= SESSION_LIMITS.handOverForceMs) askSuccessor(draft);
}

/** Asked to go from outside, with a deadline still ahead: the same, at once. */
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
