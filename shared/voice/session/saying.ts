import { isMuted, SESSION_CONTROL } from './control-state.ts';
import { change, type Draft, journal } from './draft.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { SessionState } from './session-state.ts';
import { isOfPhrase, wholeText } from './spoken-text.ts';

/*
 * Words of an operator on their way through the engine: which response says them, and whether they were said.
 */

const SAID_REMEMBERED = 8;

/**
 * Follows the words that are being said. Said they are when their response has ended, or the caller has cut it off;
 * what the engine dropped before a sound of it went out is said again.
 */
export function followSaying(draft: Draft): void {
  const { control, speech } = draft.state;
  const { saying } = control;
  if (saying === undefined) return;
  const { response, phrases } = speech;
  if (
    saying.responseId === undefined &&
    response?.heard &&
    isOfPhrase(textOf(draft.state, response.id), [saying.text])
  ) {
    const said = [...control.said, { responseId: response.id, operator: saying.operator }].slice(-SAID_REMEMBERED);
    change(draft, 'control', { saying: { ...saying, responseId: response.id }, said });
    return;
  }
  if (saying.responseId !== undefined) {
    if (response?.id === saying.responseId) return;
    if (wasHeard(draft.state, saying.responseId)) done(draft, true);
    else change(draft, 'control', { saying: undefined });
    return;
  }
  const isLate = draft.nowMs - saying.givenAtMs >= SESSION_CONTROL.beginWithinMs;
  if (!isLate && (phrases.includes(saying.text) || response !== undefined)) return;
  change(draft, 'speech', { phrases: phrases.filter((phrase) => phrase !== saying.text) });
  const sayFailures = control.sayFailures + 1;
  change(draft, 'control', { saying: undefined, sayFailures });
  if (sayFailures < SESSION_CONTROL.sayTries) return;
  journal(draft, { kind: 'warning', code: 'words-not-said' });
  done(draft, false);
}

/** An operator who speaks for the agent has answered what waited. */
function done(draft: Draft, wasSaid: boolean): void {
  const { says, mode, waiting } = draft.state.control;
  const isAnswer = wasSaid && mode === 'takeover';
  change(draft, 'control', {
    saying: undefined,
    sayFailures: 0,
    says: says.slice(1),
    waiting: isAnswer ? '' : waiting,
  });
  draft.checkpointDue = true;
}

/** Words that the caller cut off before he can have understood any, or that broke off with their stream, are still to be said. */
function wasHeard({ speech }: SessionState, id: string): boolean {
  const first = speech.parts.find(({ responseId }) => responseId === id);
  if (!speech.cut.includes(id) || first === undefined) return speech.ended.includes(id);
  return speech.headMs - first.fromMs >= SESSION_LIMITS.minHeardMs;
}

const textOf = ({ speech }: SessionState, id: string): string =>
  wholeText(speech.parts.filter(({ responseId }) => responseId === id));

/** The caller speaks while nobody answers: his words wait, for the operator or for the agent. */
export function keepWaiting(draft: Draft, words: string): void {
  const waiting = `${draft.state.control.waiting} ${words}`.trim().slice(-SESSION_CONTROL.waitingCharacters);
  change(draft, 'control', { waiting });
  change(draft, 'talk', { unanswered: undefined });
}

/** Whether a response may be heard: from a muted agent only what we have it say. */
export function mayBeHeard(state: SessionState, text: string | undefined): boolean {
  if (!isMuted(state)) return true;
  const { phrases } = state.speech;
  return phrases.length > 0 && (text === undefined || isOfPhrase(text, phrases));
}
