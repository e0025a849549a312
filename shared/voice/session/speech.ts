import type { EngineEvent } from '../engines/speech-engine.ts';
import { change, type Draft, feed, isConnected, journal, tell } from './draft.ts';
import { mayBeHeard } from './saying.ts';
import type { SessionEvent } from './session-events.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { Part, SessionState } from './session-state.ts';
import { recordSpoken } from './spoken-record.ts';
import { isPhrase, playedText, wholeText } from './spoken-text.ts';
import { answerBegins, answered, takeTurn } from './talk.ts';

/*
 * What the agent says: which audio goes out, how far the caller heard it, and what of it is put on record. Positions
 * are milliseconds of the present turn's audio.
 */

type AgentText = Extract<EngineEvent, { type: 'agent-text' }>;

/** Responses of which late text or audio must still be known as such. */
const RESPONSES_REMEMBERED = 16;

/** Text the agent is about to say or has said. */
export function agentText(draft: Draft, { responseId, text, stage }: AgentText): void {
  const { ended, parts: before } = draft.state.speech;
  if (ended.includes(responseId)) {
    // Too late to begin anything; it may still put right what is being played.
    const isOpen = stage === 'final' && before.some((part) => part.responseId === responseId);
    if (isOpen) change(draft, 'speech', { parts: withFinal(before, responseId, text, draft.state.speech.sentMs) });
    return;
  }
  if (!joinResponse(draft, responseId, text)) return;
  const { speech } = draft.state;
  const laidIn = stage === 'speculative' ? withSpeculative : withFinal;
  const parts = laidIn(speech.parts, responseId, text, speech.sentMs);
  change(draft, 'speech', { parts });
  if (stage === 'speculative') {
    tell(draft, { type: 'transcript', turn: speech.turn, role: 'assistant', stage, text: wholeText(parts) });
  }
}

const withSpeculative = (parts: readonly Part[], responseId: string, text: string, atMs: number): readonly Part[] => {
  const last = parts.at(-1);
  // Audio that came before its text waits in a part without one.
  if (last?.responseId === responseId && last.text === '') return [...parts.slice(0, -1), { ...last, text }];
  return [...parts, { responseId, text, isFinal: false, fromMs: atMs, toMs: atMs }];
};

/** Final texts come in the order of the speculative ones they replace, or once for the whole response. */
function withFinal(parts: readonly Part[], responseId: string, text: string, atMs: number): readonly Part[] {
  const own = parts.filter((part) => part.responseId === responseId);
  const first = own.find(({ isFinal }) => !isFinal);
  if (!first) return own.length > 0 ? parts : [...parts, { responseId, text, isFinal: true, fromMs: atMs, toMs: atMs }];
  const isWhole = own.length > 1 && first === own[0] && text.length > first.text.length * 1.3;
  if (!isWhole) return parts.map((part) => (part === first ? { ...part, text, isFinal: true } : part));
  const whole = { ...first, text, isFinal: true, toMs: own.at(-1)?.toMs ?? first.toMs };
  return parts
    .filter((part) => part.responseId !== responseId || part === first)
    .map((part) => (part === first ? whole : part));
}

/** Sends audio on, unless its response was cut or nobody is there to hear it. */
export function agentAudio(
  draft: Draft,
  { responseId, audio, ms }: Extract<SessionEvent, { type: 'agent-audio' }>,
): void {
  if (!joinResponse(draft, responseId)) return;
  const { nowMs } = draft;
  const { speech } = draft.state;
  const headMs = headOf(speech, nowMs);
  const last = speech.parts.at(-1);
  const open =
    last?.responseId === responseId
      ? last
      : { responseId, text: '', isFinal: false, fromMs: speech.sentMs, toMs: speech.sentMs };
  const before = last === open ? speech.parts.slice(0, -1) : speech.parts;
  const sentMs = speech.sentMs + ms;
  change(draft, 'speech', {
    parts: [...before, { ...open, toMs: sentMs }],
    sentMs,
    headMs,
    headAtMs: nowMs,
    dueAtMs: Math.max(speech.dueAtMs, nowMs) + ms,
    beganAtMs: speech.beganAtMs ?? nowMs,
  });
  if (speech.response && !speech.response.heard) firstAudio(draft, open.text);
  draft.effects.push({ type: 'play', turn: speech.turn, audio });
}

function firstAudio(draft: Draft, text: string): void {
  const { response, phrases } = draft.state.speech;
  if (!response) return;
  const isOwnPhrase = text === '' ? phrases.length > 0 : isPhrase(text, phrases);
  change(draft, 'speech', { response: { ...response, heard: true, isPhrase: isOwnPhrase } });
  if (!isOwnPhrase) answerBegins(draft);
}

/** Makes this the response under way; false when it was cut, is not to be heard, or nobody is there to hear it. */
function joinResponse(draft: Draft, id: string, text?: string): boolean {
  const { speech } = draft.state;
  if (speech.cut.includes(id) || speech.ended.includes(id)) return false;
  const isNew = speech.response?.id !== id || text !== undefined;
  const isUnwanted = isNew && !mayBeHeard(draft.state, text);
  if (!isConnected(draft.state) || isUnwanted) {
    change(draft, 'speech', {
      cut: [...speech.cut, id].slice(-RESPONSES_REMEMBERED),
      response: undefined,
      lastEventMs: draft.nowMs,
    });
    return false;
  }
  if (speech.response?.id === id) {
    if (speech.lastEventMs !== draft.nowMs) change(draft, 'speech', { lastEventMs: draft.nowMs });
    return true;
  }
  if (speech.cutAt || speech.turn !== draft.state.talk.turn) settleSpeech(draft);
  openUnheardTurn(draft);
  endDisplaced(draft);
  change(draft, 'speech', { response: { id, heard: false, isPhrase: false }, lastEventMs: draft.nowMs });
  return true;
}

/** An engine says one thing at a time: whatever it begins anew ends what it had not finished. */
function endDisplaced(draft: Draft): void {
  const { response, ended } = draft.state.speech;
  if (response) change(draft, 'speech', { ended: [...ended, response.id].slice(-RESPONSES_REMEMBERED) });
}

/** An engine that answers before it tells what it heard: the caller's turn begins here, its words follow. */
function openUnheardTurn(draft: Draft): void {
  const { talk, speech } = draft.state;
  const wasHeard = talk.speechSinceMs !== undefined && !talk.isSpeaking;
  if (!wasHeard || talk.unanswered || speech.phrases.length > 0) return;
  settleSpeech(draft);
  takeTurn(draft, '');
}

/** The engine has finished a response; if it was an answer, the turn is answered. */
export function responseEnded(draft: Draft, id: string | undefined): void {
  const { response, parts, phrases } = draft.state.speech;
  change(draft, 'speech', { lastEventMs: draft.nowMs });
  if (!response || (id !== undefined && id !== response.id)) return;
  const text = wholeText(parts.filter(({ responseId }) => responseId === response.id));
  // While a question is held back nobody can have answered it, however freely the engine put our phrase.
  const { isHeldBack } = draft.state.talk;
  const wasPhrase = isHeldBack || (text === '' ? response.isPhrase : isPhrase(text, phrases));
  change(draft, 'speech', {
    response: undefined,
    phrases: wasPhrase ? withoutPhrase(phrases, text) : phrases,
    ended: [...draft.state.speech.ended, response.id].slice(-RESPONSES_REMEMBERED),
  });
  learnPace(draft, response.id);
  change(draft, 'talk', { activeAtMs: draft.nowMs });
  change(draft, 'streams', { failures: 0 });
  // Words before a tool's result ("let me look that up") are no answer yet.
  const isAnswer = !wasPhrase && draft.state.tools.length === 0 && (response.heard || text !== '');
  if (isAnswer) answered(draft);
}

function learnPace(draft: Draft, id: string): void {
  const own = draft.state.speech.parts.filter(({ responseId }) => responseId === id);
  const first = own[0];
  const last = own.at(-1);
  const { length } = wholeText(own);
  if (!first || !last || length < 20 || last.toMs <= first.fromMs) return;
  const pace = (last.toMs - first.fromMs) / length;
  change(draft, 'speech', { msPerCharacter: Math.min(150, Math.max(30, pace)) });
}

const withoutPhrase = (phrases: readonly string[], text: string): readonly string[] => {
  const at = phrases.findIndex((phrase) => isPhrase(text, [phrase]));
  return phrases.filter((_, index) => index !== Math.max(0, at));
};

/** The engine heard the caller over the agent. */
export function engineInterrupted(draft: Draft, id: string | undefined): void {
  const { speech } = draft.state;
  if (id !== undefined && !speech.cut.includes(id))
    change(draft, 'speech', { cut: [...speech.cut, id].slice(-RESPONSES_REMEMBERED) });
  const isKnown =
    id === undefined || id === speech.response?.id || speech.parts.some(({ responseId }) => responseId === id);
  if (isKnown) cutSpeech(draft);
}

/** Silence at once: what is under way or not yet played is dropped, here and at the client. `byUs`: not for the caller's sake. */
export function cutSpeech(draft: Draft, byUs = false): void {
  const { speech } = draft.state;
  if (speech.cutAt || !isSpeaking(draft.state, draft.nowMs)) return;
  const { response } = speech;
  const ids = [...speech.parts.map(({ responseId }) => responseId), ...(response ? [response.id] : [])];
  const cut = [...new Set([...speech.cut, ...ids])].slice(-RESPONSES_REMEMBERED);
  change(draft, 'speech', {
    cut,
    parts: response ? stretched(speech) : speech.parts,
    response: undefined,
    headMs: headOf(speech, draft.nowMs),
    headAtMs: draft.nowMs,
    cutAt: { atMs: draft.nowMs, settleByMs: draft.nowMs + SESSION_LIMITS.reportWithinMs, byUs },
  });
  cutAnswer(draft, speech);
  draft.effects.push({ type: 'flush', turn: speech.turn });
}

/** Whoever cuts an answer off has heard as much of it as he wants to; unless he has heard next to nothing. */
function cutAnswer(draft: Draft, { parts }: SessionState['speech']): void {
  const { talk, tools, speech } = draft.state;
  if (!talk.unanswered?.answerBegun || tools.length > 0) return;
  const heardMs = speech.headMs - (parts[0]?.fromMs ?? 0);
  if (heardMs >= SESSION_LIMITS.minHeardMs) answered(draft);
  else change(draft, 'talk', { unanswered: { ...talk.unanswered, answerBegun: false } });
}

/** Of the last part not all audio has come: its text is longer than what was sent of it. */
function stretched({ parts, msPerCharacter }: SessionState['speech']): readonly Part[] {
  const last = parts.at(-1);
  if (!last) return parts;
  const toMs = Math.max(last.toMs, last.fromMs + last.text.length * msPerCharacter);
  return [...parts.slice(0, -1), { ...last, toMs }];
}

/** The rest of the text under way never comes: only what there was audio of stays. */
export function withoutUnsent(speech: SessionState['speech']): readonly Part[] {
  const last = stretched(speech).at(-1);
  if (!last) return speech.parts;
  const text = playedText([last], speech.sentMs);
  const before = speech.parts.slice(0, -1);
  return text === '' ? before : [...before, { ...last, text, toMs: speech.sentMs }];
}

/** The transport still had this much in its hands when it was told to flush. */
export function flushed(draft: Draft, droppedMs: number): void {
  const { headMs, sentMs, cutAt } = draft.state.speech;
  if (cutAt) change(draft, 'speech', { headMs: Math.max(0, Math.min(headMs, sentMs - droppedMs)) });
}

/** The player's report; the first one after an interruption is its last word. */
export function played(
  draft: Draft,
  report: { readonly turn: number; readonly playedMs: number; readonly epoch?: number | undefined },
): void {
  const { speech, setup } = draft.state;
  if (report.turn !== speech.turn || (report.epoch ?? setup.epoch) !== setup.epoch) return;
  change(draft, 'speech', { headMs: Math.min(report.playedMs, speech.sentMs), headAtMs: draft.nowMs });
  if (speech.cutAt) settleSpeech(draft);
}

/** Puts on record what is played out, or was cut and no report came. */
export function speechTick(draft: Draft): void {
  const { speech } = draft.state;
  if (speech.cutAt) {
    if (draft.nowMs >= speech.cutAt.settleByMs) settleSpeech(draft);
  } else if (speech.parts.length > 0 && !speech.response && !isPlaying(draft.state, draft.nowMs)) {
    change(draft, 'talk', { activeAtMs: Math.max(draft.state.talk.activeAtMs, Math.min(draft.nowMs, speech.dueAtMs)) });
    settleSpeech(draft);
  }
}

/** Turns what was said into an entry, as far as it was played; a new turn's audio starts from nothing. */
export function settleSpeech(draft: Draft): void {
  const { speech, talk } = draft.state;
  const wasCut = speech.cutAt !== undefined;
  const isCutOff = wasCut || isPlaying(draft.state, draft.nowMs);
  const headMs = isCutOff ? headOf(speech, draft.nowMs) : speech.sentMs;
  recordSpoken(draft, { headMs, isCutOff, wasCut });
  if (speech.cutAt) {
    tellEngine(draft, headMs);
    const { turn: turnNumber, cutAt } = speech;
    const heardSince = talk.speechSinceMs;
    if (!cutAt.byUs)
      journal(draft, {
        kind: 'interruption',
        turnNumber,
        playedMs: Math.round(headMs),
        ...(heardSince !== undefined && heardSince <= cutAt.atMs && { toSilenceMs: cutAt.atMs - heardSince }),
      });
  }
  change(draft, 'speech', {
    turn: talk.turn,
    parts: [],
    // The player drops what it did not play: its count goes on from there.
    ...(talk.turn === speech.turn ? { sentMs: headMs, headMs } : { sentMs: 0, headMs: 0, latencyMs: undefined }),
    headAtMs: draft.nowMs,
    dueAtMs: draft.nowMs,
    beganAtMs: undefined,
    cutAt: undefined,
  });
}

/** An engine that keeps the conversation itself must forget what was not heard. */
function tellEngine(draft: Draft, headMs: number): void {
  const { streams, speech } = draft.state;
  const last = speech.parts.at(-1)?.responseId;
  const first = speech.parts.find(({ responseId }) => responseId === last);
  const prefix = `${streams.current?.id}.`;
  if (!first || !last?.startsWith(prefix)) return;
  const playedMs = Math.max(0, Math.round(headMs - first.fromMs));
  feed(draft, { type: 'played', responseId: last.slice(prefix.length), playedMs });
}

/** The player's position: its last report, then the time since. */
function headOf({ headMs, headAtMs, sentMs, cutAt }: SessionState['speech'], nowMs: number): number {
  return cutAt ? headMs : Math.min(sentMs, headMs + (nowMs - headAtMs));
}

/** Whether sent audio is still being played, as far as can be known. */
function isPlaying({ speech }: SessionState, nowMs: number): boolean {
  if (speech.cutAt || nowMs >= speech.dueAtMs + SESSION_LIMITS.playbackGraceMs) return false;
  return headOf(speech, nowMs) < speech.sentMs;
}

/** How much of what was sent the caller has still to hear. */
export const unplayedMs = ({ speech }: SessionState, nowMs: number): number => speech.sentMs - headOf(speech, nowMs);

/** Whether the agent has the floor: a response is under way, or its audio is still being played. */
export const isSpeaking = (state: SessionState, nowMs: number): boolean =>
  state.speech.response !== undefined || isPlaying(state, nowMs);

/** Text said but not on record yet. */
export const speakingText = ({ speech }: SessionState): string => wholeText(speech.parts);

/** Has the engine say one of our phrases. */
export function sayPhrase(draft: Draft, text: string): void {
  change(draft, 'speech', { phrases: [...draft.state.speech.phrases, text].slice(-4) });
  feed(draft, { type: 'say', text });
}
