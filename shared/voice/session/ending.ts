import type { CallTransfer } from '../../transfer/call-transfer.ts';
import type { CLOSE_CODES, CloseCode, EndReason } from '../protocol/messages.ts';
import { checkpointOf } from './checkpoint.ts';
import { type Draft, journal, tell } from './draft.ts';
import { isSpeaking, sayPhrase, settleSpeech } from './speech.ts';
import { transferOf } from './transfer.ts';

/** Longest time the agent may take to say its last words. */
const LAST_WORDS_MS = 15_000;
/** How long the model may take to begin them. */
const LAST_WORDS_BEGIN_MS = 4000;

/**
 * Lets the agent say its last words, then ends the call. A soft ending is called off when the caller says something.
 * With a phrase the engine is told to say it; without, the model has something to say itself.
 */
export function beginEnding(
  draft: Draft,
  { reason, phrase, isSoft }: { readonly reason: EndReason; readonly phrase?: string; readonly isSoft: boolean },
): void {
  const { phase, streams, client } = draft.state;
  if (phase === 'over' || (draft.state.ending && !draft.state.ending.isSoft)) return;
  if (!streams.current || client.lostAtMs !== undefined) {
    conclude(draft, reason);
    return;
  }
  draft.state = {
    ...draft.state,
    phase: 'ending',
    ending: { reason, isSoft, notBeforeMs: draft.nowMs + LAST_WORDS_BEGIN_MS, deadlineMs: draft.nowMs + LAST_WORDS_MS },
  };
  if (phrase !== undefined) sayPhrase(draft, phrase);
}

/** The caller has something to say after all. */
export function callOffEnding(draft: Draft): void {
  if (draft.state.ending?.isSoft) draft.state = { ...draft.state, phase: 'talking', ending: undefined };
}

export function endingTick(draft: Draft): void {
  const { ending } = draft.state;
  if (!ending) return;
  const isSilent =
    draft.nowMs >= ending.notBeforeMs && !isSpeaking(draft.state, draft.nowMs) && draft.state.tools.length === 0;
  if (isSilent || draft.nowMs >= ending.deadlineMs) conclude(draft, ending.reason);
}

/** The last words are said: whoever is to be put through to a person is, any other call ends. */
function conclude(draft: Draft, reason: EndReason): void {
  const transfer = reason === 'handed-off' ? transferOf(draft.state, draft.nowMs) : undefined;
  if (transfer === undefined || draft.state.client.lostAtMs !== undefined) finish(draft, reason);
  else park(draft, transfer);
}

/** Lets go of the call: nobody listens to the caller any more, and nobody else may own it until it comes back. */
function park(draft: Draft, transfer: CallTransfer): void {
  settleSpeech(draft);
  lossesOnRecord(draft);
  const { status, to, operator } = transfer;
  journal(draft, { kind: 'transfer', status, to, ...(operator !== undefined && { operator }) });
  stop(draft, {
    how: 'parked',
    transfer,
    checkpoint: checkpointOf(draft.state),
    entries: draft.entries.splice(0),
  });
}

function lossesOnRecord(draft: Draft): void {
  const { lostFrames } = draft.state.journal;
  if (lostFrames > 0) journal(draft, { kind: 'audio-lost', frames: lostFrames });
}

/** Ends the call now. */
export function finish(draft: Draft, reason: EndReason): void {
  if (draft.state.phase === 'over') return;
  settleSpeech(draft);
  lossesOnRecord(draft);
  const { briefing } = draft.state;
  if (briefing) tell(draft, { type: 'session.ended', reason, callId: briefing.callId });
  stop(draft, {
    how: 'ended',
    reason,
    closeCode: closeCodeOf(reason),
    checkpoint: briefing && checkpointOf(draft.state),
    entries: draft.entries.splice(0),
  });
}

/** The session's last step; whatever happens after it is ignored. */
export function stop(draft: Draft, how: Extract<Draft['effects'][number], { type: 'stop' }>['stop']): void {
  draft.state = { ...draft.state, phase: 'over' };
  for (const message of draft.announcements.splice(0)) draft.effects.push({ type: 'send', message });
  draft.effects.push({ type: 'stop', stop: how });
}

function closeCodeOf(reason: EndReason): CloseCode {
  if (reason === 'failed') return 4500;
  if (reason === 'idle') return 4408;
  return reason === 'agent-retired' ? 4409 : 1000;
}

/** Says why a call cannot go on, then ends it. */
export function fail(
  draft: Draft,
  problem: { readonly code: string; readonly title: string; readonly detail: string },
): void {
  draft.effects.push({ type: 'send', message: { type: 'problem', ...problem, retryable: true, closeCode: FAILED } });
  finish(draft, 'failed');
}

const FAILED = 4500 satisfies keyof typeof CLOSE_CODES;
