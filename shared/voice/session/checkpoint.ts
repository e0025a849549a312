import type { CallBriefing, Checkpoint, SpokenWords } from '../keeper/call-keeper.ts';
import { addCost, totalCost } from './call-cost.ts';
import { restoredControl, storedControl } from './control-state.ts';
import { change, type Draft } from './draft.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { SessionState } from './session-state.ts';
import { bySpeaker } from './spoken-record.ts';
import { wholeText } from './spoken-text.ts';
import { restoredSwitching } from './switching-state.ts';

/** All a successor needs. */
export function checkpointOf(state: SessionState): Checkpoint {
  const { talk, speech, journal, setup, streams, client, briefing, switching } = state;
  const said = talk.unanswered ? [] : spokenSoFar(state);
  const control = storedControl(state);
  return {
    turn: talk.turn,
    nextEntry: journal.nextEntry,
    // The transport numbers its frames; the runner puts its number here.
    nextAudioSeq: briefing?.checkpoint?.nextAudioSeq ?? 0,
    history: talk.history,
    unanswered: talk.unanswered?.text || undefined,
    engine: setup.engines[streams.engine]?.name ?? 'cascade',
    cost: rounded(costOf(state)),
    client: {
      inputSampleRateHertz: setup.inputSampleRateHertz,
      outputSampleRateHertz: setup.outputSampleRateHertz,
      voice: client.voice,
      language: client.language,
      recordingConsent: client.recordingConsent,
    },
    handoff: state.handoff,
    connectedSinceMs: client.connectedSinceMs,
    ...(control !== undefined && { control }),
    ...(switching.agentId !== undefined && { agent: { agentId: switching.agentId, ...(switching.isNew && IS_NEW) } }),
    ...(said.length > 0 && { speaking: { turnNumber: speech.turn, said } }),
  };
}

const IS_NEW = { isNew: true } as const;

/** The newest of them are kept; a turn in which operators and agent take turns so often is nobody's. */
const SPEAKERS_KEPT = 8;

/** By speaker. What an operator's words are not yet said of to their end the successor says anew. */
function spokenSoFar({ speech, control }: SessionState): readonly SpokenWords[] {
  const parts = speech.parts.filter(({ responseId }) => responseId !== control.saying?.responseId);
  return bySpeaker(parts, control.said)
    .map(({ operator, parts: ofOne }) => ({
      text: wholeText(ofOne).slice(0, SESSION_LIMITS.turnCharacters),
      ...(operator !== undefined && { operator }),
    }))
    .filter(({ text }) => text !== '')
    .slice(-SPEAKERS_KEPT);
}

/** Stored in whole millionths; a running sum keeps its fractions. */
const rounded = (cost: Checkpoint['cost']): Checkpoint['cost'] => ({
  model: Math.round(cost.model),
  transport: Math.round(cost.transport),
  compute: Math.round(cost.compute),
  telephony: Math.round(cost.telephony),
  speech: Math.round(cost.speech),
  tools: Math.round(cost.tools),
});

/** What the call has cost in all. */
const costOf = ({ money }: SessionState): Checkpoint['cost'] => addCost(money.spent, money.carried);

export const spentMicroUsd = (state: SessionState): number => totalCost(costOf(state));

/** Takes up the call as the briefing describes it. */
export function restore(draft: Draft, briefing: CallBriefing): void {
  const { checkpoint, settings } = briefing;
  const wishes = checkpoint?.client ?? briefing.client;
  const control = restoredControl(briefing, draft.nowMs);
  const switching = restoredSwitching(checkpoint?.agent);
  draft.state = { ...draft.state, briefing, control, switching, handoff: checkpoint?.handoff };
  // A voice that the caller has chosen was that of the agent before.
  const spoken = switching.isNew ? settings : (wishes ?? settings);
  change(draft, 'client', {
    voice: spoken.voice,
    language: spoken.language,
    recordingConsent: wishes?.recordingConsent ?? false,
    contextOverride: control.contextOverride ?? briefing.contextOverride,
    connectedSinceMs: checkpoint?.connectedSinceMs ?? briefing.startedAtMs,
  });
  if (checkpoint) restoreTalk(draft, checkpoint);
}

function restoreTalk(draft: Draft, checkpoint: Checkpoint): void {
  const { nowMs } = draft;
  const { turn, history, unanswered, cost, nextEntry, speaking } = checkpoint;
  change(draft, 'talk', {
    turn,
    history,
    question: unanswered,
    unanswered:
      unanswered === undefined ? undefined : { text: unanswered, sinceMs: nowMs, answerBegun: false, nudged: false },
  });
  change(draft, 'journal', { nextEntry, recordedMicroUsd: totalCost(cost) });
  change(draft, 'money', { spent: cost });
  // It had all gone out to the caller: on record it counts as said.
  const before = (speaking?.said ?? []).map((words, index) => ({ ...words, responseId: `before-${index}` }));
  const said = before.flatMap(({ responseId, operator }) => (operator === undefined ? [] : [{ responseId, operator }]));
  if (said.length > 0) change(draft, 'control', { said });
  const parts = before.map(({ responseId, text }) => ({ responseId, text, isFinal: true, fromMs: 0, toMs: 0 }));
  change(draft, 'speech', { turn: speaking?.turnNumber ?? turn, parts });
  const engine = draft.state.setup.engines.findIndex(({ name }) => name === checkpoint.engine);
  change(draft, 'streams', { engine: Math.max(0, engine) });
}
