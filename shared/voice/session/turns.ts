import type { HistoryTurn } from '../engines/speech-engine.ts';
import { isMuted } from './control-state.ts';
import { announce, change, type Draft, feed, journal, tell } from './draft.ts';
import { callOffEnding } from './ending.ts';
import { keepWaiting } from './saying.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { SessionState } from './session-state.ts';
import { cutSpeech, isSpeaking, settleSpeech, speakingText } from './speech.ts';
import { sameWords } from './spoken-text.ts';
import { openQuestion, remember, takeTurn } from './talk.ts';

/*
 * The caller's turns: numbered, put on record, and kept until they are answered.
 */

type Via = 'voice' | 'text' | 'dtmf';

/** The caller's final words. Words that follow before an answer has begun belong to the same turn. */
export function callerWords(draft: Draft, text: string, via: Via): void {
  const words = text.trim().slice(0, SESSION_LIMITS.turnCharacters);
  if (words === '' || isEcho(draft, words, via)) return;
  const { unanswered } = draft.state.talk;
  // Some engines answer before they tell what they heard: the turn was opened when the answer began.
  const isLate = via === 'voice' && unanswered?.text === '';
  if (isLate) nameTurn(draft, words);
  else {
    tellHeldBack(draft);
    cutSpeech(draft);
    settleSpeech(draft);
    takeTurn(draft, words);
    // Whatever we still wanted to say is out of place now.
    change(draft, 'speech', { phrases: [] });
  }
  const { turn, question } = draft.state.talk;
  remember(draft, 'user', words);
  journal(draft, { kind: 'turn', role: 'user', turnNumber: turn, text: words, via });
  announce(draft, { type: 'transcript', turn, role: 'user', stage: 'final', text: question ?? words });
  callOffEnding(draft);
  if (isMuted(draft.state)) keepWaiting(draft, words);
  else if (via !== 'voice') askEngine(draft, words);
}

/** The caller speaks on before the question of before could be put: the engine must know of it. */
function tellHeldBack(draft: Draft): void {
  const { isHeldBack, unanswered } = draft.state.talk;
  if (!isHeldBack) return;
  change(draft, 'talk', { isHeldBack: false });
  if (unanswered)
    feed(draft, {
      type: 'text',
      role: 'note',
      text: `The caller had asked before, and waits for the answer: ${unanswered.text}`,
    });
}

/** Our phrase was said: now the question that waited for it. */
export function askHeldBack(draft: Draft): void {
  const { isHeldBack, unanswered } = draft.state.talk;
  if (!isHeldBack) return;
  change(draft, 'talk', { isHeldBack: false });
  if (unanswered) askEngine(draft, unanswered.text);
}

/** Speech engines may give typed words back as the caller's. */
function isEcho(draft: Draft, words: string, via: Via): boolean {
  const { echo } = draft.state.talk;
  if (via !== 'voice' || echo === undefined || !sameWords(words, echo)) return false;
  change(draft, 'talk', { echo: undefined });
  return true;
}

function nameTurn(draft: Draft, words: string): void {
  const { talk } = draft.state;
  if (!talk.unanswered) return;
  change(draft, 'talk', {
    unanswered: { ...talk.unanswered, text: words },
    question: words,
    speechSinceMs: talk.isSpeaking ? draft.nowMs : undefined,
    wordsMs: talk.accountedMs,
    accountedMs: draft.nowMs,
    activeAtMs: draft.nowMs,
    idleAsks: 0,
  });
}

/** Gives the engine words it has not heard. Without a stream the next one gets them, as the turn is unanswered. */
export function askEngine(draft: Draft, words: string): void {
  if (words === '') return;
  change(draft, 'talk', { echo: words });
  feed(draft, { type: 'text', role: 'user', text: words });
}

/** Words of the caller that may still change. */
export function callerHint(draft: Draft, text: string): void {
  const turn = openQuestion(draft) ? draft.state.talk.turn : draft.state.talk.turn + 1;
  tell(draft, { type: 'transcript', turn, role: 'user', stage: 'speculative', text });
}

/** The caller began or ceased to make sounds. */
export function callerSounds(draft: Draft, active: boolean, atMs: number): void {
  const { talk } = draft.state;
  if (active)
    change(draft, 'talk', { isSpeaking: true, soundSinceMs: atMs, speechSinceMs: talk.speechSinceMs ?? atMs });
  else change(draft, 'talk', { isSpeaking: false, speechEndedAtMs: atMs });
}

/** All that was said, also what is still being played; without the words that wait for an answer. */
export function historyForEngine(state: SessionState): readonly HistoryTurn[] {
  const { history, unanswered } = state.talk;
  const speaking = unanswered ? '' : speakingText(state);
  if (speaking !== '') return [...history, { role: 'assistant', text: speaking }];
  return unanswered && history.at(-1)?.role === 'user' ? history.slice(0, -1) : history;
}

/** Nobody owes anybody anything: the moment to change streams or owners. */
export const isTurnBoundary = ({ talk, speech, tools }: SessionState): boolean =>
  !talk.unanswered && !speech.response && !speech.cutAt && tools.length === 0 && talk.speechSinceMs === undefined;

/** Sounds that become no words in this time after their end were no speech. */
const NO_WORDS_AFTER_MS = 5000;

/** Forgets noise, and asks again when the model owes an answer. False: it has owed it for too long. */
export function turnTick(draft: Draft): boolean {
  forgetNoise(draft);
  const { talk, speech, streams, tools } = draft.state;
  const { nowMs } = draft;
  const { unanswered } = talk;
  const isWaiting = unanswered && streams.current && tools.length === 0 && !talk.isSpeaking;
  if (!isWaiting || isSpeaking(draft.state, nowMs) || draft.state.client.lostAtMs !== undefined) return true;
  const waitedMs = nowMs - Math.max(speech.lastEventMs, unanswered.sinceMs, streams.current.openedAtMs);
  if (waitedMs >= SESSION_LIMITS.nudgeAfterMs && !unanswered.nudged) {
    change(draft, 'talk', { unanswered: { ...unanswered, nudged: true }, isHeldBack: false });
    askEngine(draft, unanswered.text);
  }
  return waitedMs < SESSION_LIMITS.silentAfterMs;
}

function forgetNoise(draft: Draft): void {
  const { isSpeaking: isSounding, speechSinceMs, speechEndedAtMs } = draft.state.talk;
  if (speechSinceMs === undefined) return;
  const isOver = !isSounding && draft.nowMs - (speechEndedAtMs ?? draft.nowMs) > NO_WORDS_AFTER_MS;
  if (isOver || draft.nowMs - speechSinceMs > SESSION_LIMITS.noiseMs) {
    change(draft, 'talk', { speechSinceMs: undefined });
  }
}
