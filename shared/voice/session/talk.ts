import type { HistoryTurn } from '../engines/speech-engine.ts';
import { change, type Draft } from './draft.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { SessionState, Talk } from './session-state.ts';

/** A pause between the end of speech and the words of it that is still believed to be one thing. */
const SPEECH_TO_WORDS_MS = 6000;

/** The turn that further words of the caller would belong to: open until its answer has begun. */
export function openQuestion(draft: Draft): Talk['unanswered'] {
  const { talk, tools } = draft.state;
  return talk.unanswered && (!talk.unanswered.answerBegun || tools.length > 0) ? talk.unanswered : undefined;
}

/** Starts the caller's next turn, or goes on with the open one; returns its number. */
export function takeTurn(draft: Draft, words: string): number {
  const { talk, speech } = draft.state;
  const open = openQuestion(draft);
  const text = (open ? `${open.text} ${words}`.trim() : words).slice(-SESSION_LIMITS.turnCharacters);
  const turn = open ? talk.turn : talk.turn + 1;
  const untilMs = spokenUntil(talk, draft.nowMs);
  change(draft, 'talk', {
    turn,
    unanswered: { text, sinceMs: draft.nowMs, answerBegun: open?.answerBegun ?? false, nudged: false },
    question: text,
    speechSinceMs: talk.isSpeaking ? untilMs : undefined,
    accountedMs: untilMs,
    ...(words !== '' && { wordsMs: untilMs }),
    activeAtMs: draft.nowMs,
    idleAsks: 0,
    ...(!open && { toolUses: 0, fillerSaid: false }),
  });
  if (turn !== speech.turn) {
    change(draft, 'speech', { turn, sentMs: 0, headMs: 0, headAtMs: draft.nowMs, latencyMs: undefined });
  }
  change(draft, 'speech', { lastEventMs: draft.nowMs });
  return turn;
}

/** Sounds that began so shortly before words came, after a pause, are of what the caller says next. */
const NEXT_WORDS_MS = 1500;

/** Up to when the caller's audio is in the words that come now. */
function spokenUntil({ isSpeaking, soundSinceMs, speechSinceMs }: Talk, nowMs: number): number {
  const isNext = isSpeaking && (soundSinceMs ?? 0) > (speechSinceMs ?? nowMs);
  return isNext && soundSinceMs !== undefined && nowMs - soundSinceMs < NEXT_WORDS_MS ? soundSinceMs : nowMs;
}

/** Before sounds are noticed they have lasted a little, and speech begins softly. */
const BEFORE_SOUND_MS = 300;

/**
 * Up to when a successor need not hear the caller again: his words are on record, or he was silent. In doubt it is
 * earlier, but never within words that an answer has followed.
 */
export function heardUntil({ talk }: SessionState, nowMs: number): number {
  const { isSpeaking, speechSinceMs, unanswered, wordsMs } = talk;
  if (unanswered?.text === '' || (isSpeaking && speechSinceMs === undefined)) return wordsMs;
  return Math.max(wordsMs, (speechSinceMs ?? nowMs) - BEFORE_SOUND_MS);
}

/** The first audio of the answer goes out. */
export function answerBegins(draft: Draft): void {
  const { unanswered, speechEndedAtMs } = draft.state.talk;
  if (!unanswered || unanswered.answerBegun) return;
  const { sinceMs } = unanswered;
  // Words come some time after the speech they are of; typed words have no speech before them.
  const isOfSpeech =
    speechEndedAtMs !== undefined && speechEndedAtMs <= sinceMs && sinceMs - speechEndedAtMs < SPEECH_TO_WORDS_MS;
  const latencyMs = draft.nowMs - (isOfSpeech ? speechEndedAtMs : sinceMs);
  change(draft, 'talk', { unanswered: { ...unanswered, answerBegun: true } });
  change(draft, 'speech', { latencyMs, lastLatencyMs: latencyMs });
  // Who watches sees how long it took as soon as the answer is heard.
  change(draft, 'money', { meteredAtMs: 0 });
}

/** The turn has its answer. */
export function answered(draft: Draft): void {
  if (!draft.state.talk.unanswered) return;
  const { accountedMs, wordsMs } = draft.state.talk;
  change(draft, 'talk', { unanswered: undefined, wordsMs: Math.max(wordsMs, accountedMs) });
  draft.checkpointDue = true;
}

/** Adds to the history; words of the same side are one turn there. */
export function remember(draft: Draft, role: HistoryTurn['role'], text: string): void {
  const { history } = draft.state.talk;
  const last = history.at(-1);
  const isSame = last?.role === role;
  const whole = isSame ? `${last.text} ${text}` : text;
  const turn = { role, text: whole.slice(-SESSION_LIMITS.turnCharacters) };
  change(draft, 'talk', { history: trimmed([...(isSame ? history.slice(0, -1) : history), turn]) });
}

/** The newest turns that a checkpoint and a fresh stream can hold. */
function trimmed(history: readonly HistoryTurn[]): readonly HistoryTurn[] {
  let bytes = 0;
  let from = history.length;
  while (from > 0 && history.length - from < SESSION_LIMITS.historyTurns) {
    bytes += Buffer.byteLength(JSON.stringify(history[from - 1]?.text ?? ''));
    if (bytes > SESSION_LIMITS.historyBytes) break;
    from--;
  }
  return from === 0 ? history : history.slice(from);
}
