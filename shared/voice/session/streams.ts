import type { HistoryTurn } from '../engines/speech-engine.ts';
import { knownOf } from '../keeper/known-of.ts';
import { isMuted, liveFor } from './control-state.ts';
import { change, type Draft, feed, journal } from './draft.ts';
import { beginCall, greet } from './greeting.ts';
import { phrasesOf } from './phrases.ts';
import type { StreamPlan } from './session-events.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { RenewalCause, SessionState, Streams } from './session-state.ts';
import { sayPhrase, speakingText, withoutUnsent } from './speech.ts';
import { spokenPrompt } from './system-prompt.ts';
import { introduce, takeUp, tellSwitched } from './take-up.ts';
import { discardTools } from './tool-use.ts';
import { voiceTools } from './tools.ts';
import { askEngine, historyForEngine, isTurnBoundary } from './turns.ts';

/*
 * Streams to the model: opened, changed at turn boundaries before they grow too old, replaced when they break.
 */

/** Begins to open the stream that follows. */
export function openNext(draft: Draft, cause: RenewalCause): void {
  openFor(draft, cause, draft.state, draft.state.streams.engine);
}

/** The same, for an agent that is as this state says, on the engine with this index. */
export function openFor(draft: Draft, cause: RenewalCause, as: SessionState, engine: number): void {
  const { streams, talk } = draft.state;
  const id = streams.lastId + 1;
  const plan = planOf(as);
  const lastWords = plan.history.at(-1)?.text ?? '';
  change(draft, 'streams', {
    lastId: id,
    next: { id, engine, cause, turn: talk.turn, lastWords, isOpen: false, sinceMs: draft.nowMs },
    retry: undefined,
  });
  const { voice, language } = as.client;
  const wishes = { voice, language, endpointing: as.briefing?.settings.endpointing ?? 'medium' };
  draft.effects.push({ type: 'open-stream', stream: id, engine, plan, wishes });
}

function planOf(state: SessionState): StreamPlan {
  const { self, briefing, client } = state;
  const agent = self ?? {
    prompt: '',
    greeting: undefined,
    agentName: briefing?.agentName ?? '',
    agentVersion: 0,
    topics: [],
  };
  return {
    systemPrompt: spokenPrompt({
      self: agent,
      language: client.language,
      contextOverride: client.contextOverride,
      context: knownOf(briefing, liveFor(state)),
      direction: briefing?.direction ?? 'inbound',
    }),
    tools: voiceTools(agent.topics),
    history: historyForEngine(state),
  };
}

/** A stream can take input. */
export function streamOpened(draft: Draft, id: number): void {
  const { next } = draft.state.streams;
  if (next?.id !== id) {
    draft.effects.push({ type: 'close-stream', stream: id });
    return;
  }
  change(draft, 'streams', { next: { ...next, isOpen: true } });
  settleRenewal(draft);
}

/** Each tick: arms the renewal of an old stream, changes over when it is time, opens again after a failure. */
export function streamTick(draft: Draft): void {
  const { streams } = draft.state;
  if (streams.retry && draft.nowMs >= streams.retry.atMs && !streams.next) openNext(draft, streams.retry.cause);
  if (streams.current && !streams.next) armRenewal(draft);
  settleRenewal(draft);
}

function armRenewal(draft: Draft): void {
  const { streams, setup, handOver, ending } = draft.state;
  const age = ageOf(draft);
  const renewal = setup.engines[streams.engine]?.renewal;
  if (!renewal || age < renewal.armAfterMs || handOver.status !== 'none' || ending) return;
  if (!isTurnBoundary(draft.state) && age < renewal.forceAfterMs) return;
  if (streams.extraLine === 'none') {
    change(draft, 'streams', { extraLine: 'asked' });
    draft.effects.push({ type: 'take-extra-line' });
  } else if (streams.extraLine === 'held') {
    openNext(draft, 'age');
  } else if (streams.extraLine === 'refused') {
    // Without a second line the old stream must go before the new one comes.
    dropCurrent(draft);
    change(draft, 'streams', { extraLine: 'none' });
    openNext(draft, 'age');
  }
}

/** The keeper's word on a second line for the overlap of two streams. */
export function extraLine(draft: Draft, granted: boolean): void {
  if (draft.state.streams.extraLine !== 'asked') {
    if (granted) draft.effects.push({ type: 'release-extra-line' });
    return;
  }
  change(draft, 'streams', { extraLine: granted ? 'held' : 'refused' });
  if (!draft.state.streams.next && draft.state.streams.current) armRenewal(draft);
}

function settleRenewal(draft: Draft): void {
  const { streams, setup, talk } = draft.state;
  const { current, next } = streams;
  if (!next?.isOpen) return;
  if (!current) {
    adopt(draft);
    return;
  }
  if (next.cause === 'switch') {
    // A call that ends, or goes to a successor, does so with the agent it has.
    if (draft.state.phase === 'talking' && draft.state.handOver.status === 'none') adopt(draft);
    return;
  }
  const renewal = setup.engines[streams.engine]?.renewal;
  const isForced = next.cause !== 'settings' && ageOf(draft) >= (renewal?.forceAfterMs ?? 0);
  const isFresh = next.turn === talk.turn;
  const { unanswered } = talk;
  const isQuiet = !unanswered && !draft.state.speech.response && draft.state.tools.length === 0;
  if (isForced || (isFresh && isQuiet)) {
    adopt(draft);
    return;
  }
  if (isFresh) return;
  // Another turn was spoken meanwhile: the prepared stream does not know of it.
  draft.effects.push({ type: 'close-stream', stream: next.id });
  change(draft, 'streams', { next: undefined });
}

/** Makes the opened stream the one that talks. */
function adopt(draft: Draft): void {
  const { streams } = draft.state;
  const { current, next } = streams;
  if (!next) return;
  const wasTurn = next.turn;
  const lostAtMs = streams.lostAtMs;
  const isFirst = next.cause === 'start' && lostAtMs === undefined;
  const replayFromMs = isFirst ? replayFirst(draft) : replayFrom(draft.state, draft.nowMs);
  const isSwitch = next.cause === 'switch';
  if (isSwitch || next.cause === 'settings') takeUp(draft);
  if (current) dropCurrent(draft);
  change(draft, 'streams', {
    engine: next.engine,
    current: { id: next.id, openedAtMs: draft.nowMs },
    next: undefined,
    lostAtMs: undefined,
    retry: undefined,
    renewals: streams.renewals + (next.cause === 'start' ? 0 : 1),
  });
  // A fresh stream knows nothing of the budget.
  if (draft.state.money.steered) change(draft, 'money', { steered: false });
  releaseExtraLine(draft);
  draft.effects.push({ type: 'use-stream', stream: next.id, replayFromMs });
  if (isMuted(draft.state)) feed(draft, { type: 'listen-only', on: true });
  recordRenewal(draft, next.cause, lostAtMs, replayFromMs);
  if (draft.state.phase === 'opening') begin(draft);
  else if (isSwitch) handCallTo(draft, next.lastWords);
  else carryOver(draft, wasTurn);
}

/** Who came by a switch that another process could not carry out tells the client so, too. */
function begin(draft: Draft): void {
  const { isNew } = draft.state.switching;
  beginCall(draft);
  if (!isNew) return;
  change(draft, 'switching', { isNew: false });
  tellSwitched(draft);
  draft.checkpointDue = true;
}

/** No stream has heard this owner's caller yet; who took the call over may have come in the middle of a sentence. */
function replayFirst({ state, nowMs }: Draft): number | undefined {
  const isSuccessor = state.briefing?.cause !== 'start';
  if (!isSuccessor && state.talk.speechSinceMs === undefined) return undefined;
  return Math.max(state.startedAtMs, nowMs - SESSION_LIMITS.replayLongestMs);
}

function recordRenewal(
  draft: Draft,
  cause: RenewalCause,
  lostAtMs: number | undefined,
  replayFromMs: number | undefined,
): void {
  // These have entries of their own, and a call's beginning needs none.
  if (cause === 'start' || cause === 'switch' || cause === 'settings') return;
  journal(draft, {
    kind: 'renewal',
    cause: cause === 'age' || cause === 'idle' ? cause : 'error',
    gapMs: lostAtMs === undefined ? 0 : draft.nowMs - lostAtMs,
    replayedMs: replayFromMs === undefined ? 0 : draft.nowMs - replayFromMs,
  });
}

/** What the caller still heard of the agent before, while this one's stream was being opened, it must be told. */
function handCallTo(draft: Draft, lastWords: string): void {
  const history = historyForEngine(draft.state);
  if ((history.at(-1)?.text ?? '') !== lastWords) saidBefore(draft, history.slice(-4));
  introduce(draft);
}

function saidBefore(draft: Draft, turns: readonly HistoryTurn[]): void {
  const lines = turns.map(({ role, text }) => `${role === 'user' ? 'Caller' : 'You'}: ${text}`);
  feed(draft, { type: 'text', role: 'note', text: `Said just before:\n${lines.join('\n')}` });
}

/** Tells the new stream what the old one left undone. */
function carryOver(draft: Draft, plannedTurn: number): void {
  const { talk, streams, client } = draft.state;
  const begun = speakingText(draft.state);
  if (talk.unanswered) {
    const last = talk.history.slice(0, -1).slice(-2);
    if (plannedTurn !== talk.turn && last.length > 0) saidBefore(draft, last);
    if (talk.unanswered.answerBegun && begun !== '') {
      feed(draft, { type: 'text', role: 'note', text: `You had begun to answer: "${begun}" Go on from there.` });
    }
    change(draft, 'talk', { unanswered: { ...talk.unanswered, answerBegun: false, nudged: false } });
    change(draft, 'talk', { isHeldBack: false });
    if (client.lostAtMs === undefined) askEngine(draft, talk.unanswered.text);
  }
  const isUngreeted = talk.turn === 0 && talk.history.length === 0 && begun === '';
  if (isUngreeted) greet(draft);
  if (streams.apology) {
    change(draft, 'streams', { apology: false });
    sayPhrase(draft, phrasesOf(client.language).filtered);
  }
}

/** Lets the talking stream go. Its tools die with it; what it said so far stays said, what it owed stays owed. */
export function dropCurrent(draft: Draft): void {
  const { streams, speech } = draft.state;
  if (!streams.current) return;
  draft.effects.push({ type: 'close-stream', stream: streams.current.id });
  discardTools(draft);
  change(draft, 'streams', { current: undefined, lostAtMs: draft.nowMs });
  const parts = speech.response ? withoutUnsent(speech) : speech.parts;
  change(draft, 'speech', { parts, response: undefined, phrases: [], lastEventMs: draft.nowMs });
  if (speech.response?.heard && draft.state.talk.unanswered?.text === '') {
    change(draft, 'talk', { unanswered: undefined });
  }
}

export function releaseExtraLine(draft: Draft): void {
  if (draft.state.streams.extraLine === 'held') draft.effects.push({ type: 'release-extra-line' });
  change(draft, 'streams', { extraLine: 'none' });
}

const ageOf = ({ state, nowMs }: Draft): number => nowMs - (state.streams.current?.openedAtMs ?? nowMs);

/** From when on the caller must be heard again: never what has become words already, and no more than the recorder of the last seconds holds. */
function replayFrom(
  { talk, streams }: { readonly talk: SessionState['talk']; readonly streams: Streams },
  nowMs: number,
): number {
  const { replayMs, replayLongestMs } = SESSION_LIMITS;
  const sinceLost = streams.lostAtMs === undefined ? nowMs : streams.lostAtMs - 1000;
  const sinceSpeech = talk.speechSinceMs === undefined ? nowMs : talk.speechSinceMs - 300;
  const from = Math.max(nowMs - replayLongestMs, Math.min(nowMs - replayMs, sinceLost, sinceSpeech));
  return Math.max(from, talk.accountedMs);
}
