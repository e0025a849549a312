import { budgetTick, meterTick } from './budget.ts';
import { addCost } from './call-cost.ts';
import { checkpointOf, restore, spentMicroUsd } from './checkpoint.ts';
import { clientMessage, connectionTick } from './connection.ts';
import { controlTick, looked } from './control.ts';
import { change, type Draft } from './draft.ts';
import { endingTick, fail, finish } from './ending.ts';
import { announceSuccessor, recordSuccession } from './greeting.ts';
import { askedToGo, endPolitely, fenced, handedOver, handOverTick } from './hand-over.ts';
import { idleTick } from './idle.ts';
import { refused, streamFailed } from './recovery.ts';
import { followSaying } from './saying.ts';
import type { Effect, SessionEvent } from './session-events.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { SessionState } from './session-state.ts';
import {
  agentAudio,
  agentText,
  cutSpeech,
  engineInterrupted,
  flushed,
  responseEnded,
  settleSpeech,
  speechTick,
} from './speech.ts';
import { extraLine, openNext, streamOpened, streamTick } from './streams.ts';
import { agentElsewhere, agentFound, agentRefused, switchTick } from './switching.ts';
import { toolSettled, toolTick, toolUse } from './tool-use.ts';
import { askHeldBack, callerHint, callerSounds, callerWords, turnTick } from './turns.ts';

/**
 * The whole of a voice session's behaviour: what follows from an event. Pure: neither argument is changed, time is an
 * argument, effects are only described. After the `stop` effect nothing follows any more.
 */
export function step(
  state: SessionState,
  event: SessionEvent,
  nowMs: number,
): { readonly state: SessionState; readonly effects: readonly Effect[] } {
  if (state.phase === 'over') return { state, effects: [] };
  const draft: Draft = { state, effects: [], entries: [], announcements: [], checkpointDue: false, nowMs };
  handle(draft, event);
  if (draft.state.control.saying) followSaying(draft);
  recordChanges(draft);
  return { state: draft.state, effects: draft.effects };
}

/** What happened is stored together with the checkpoint that knows of it. */
function recordChanges(draft: Draft): void {
  if ((draft.entries.length === 0 && !draft.checkpointDue) || draft.state.phase === 'over') return;
  const spent = spentMicroUsd(draft.state);
  change(draft, 'journal', { recordedAtMs: draft.nowMs });
  draft.effects.push({
    type: 'record',
    entries: draft.entries,
    announcements: draft.announcements,
    checkpoint: checkpointOf(draft.state),
    spentMicroUsd: spent,
  });
}

function handle(draft: Draft, event: SessionEvent): void {
  switch (event.type) {
    case 'agent-audio':
      if (isCurrent(draft, event.stream))
        agentAudio(draft, { ...event, responseId: qualified(event.stream, event.responseId) });
      return;
    case 'tick':
      tick(draft);
      return;
    case 'engine':
      engineEvent(draft, event.stream, event.event);
      return;
    case 'client':
      clientMessage(draft, event.message);
      return;
    case 'client-gone':
      clientGone(draft);
      return;
    case 'speech':
      callerSounds(draft, event.active, event.atMs);
      return;
    case 'flushed':
      flushed(draft, event.droppedMs);
      return;
    case 'tool-settled':
      toolSettled(draft, event.stream, event.toolUseId, event.outcome);
      return;
    default:
      handleRare(draft, event);
      return;
  }
}

function handleRare(
  draft: Draft,
  event: Exclude<
    SessionEvent,
    { type: 'agent-audio' | 'tick' | 'engine' | 'client' | 'client-gone' | 'speech' | 'flushed' | 'tool-settled' }
  >,
): void {
  switch (event.type) {
    case 'claimed':
      claimed(draft, event.briefing);
      return;
    case 'described':
      draft.state = { ...draft.state, self: event.self, phase: 'opening' };
      openNext(draft, 'start');
      return;
    case 'start-failed':
      fail(draft, { code: 'agent-unreachable', title: 'The agent does not answer', detail: event.why });
      return;
    case 'stream-opened':
      streamOpened(draft, event.stream);
      return;
    case 'stream-failed':
      streamFailed(draft, event.stream, event.kind);
      return;
    case 'extra-line':
      extraLine(draft, event.granted);
      switchTick(draft);
      return;
    case 'handed-over':
      handedOver(draft, event.accepted);
      return;
    case 'stored':
      change(draft, 'money', { tenantSpentMicroUsd: event.tenantSpentMicroUsd });
      if (event.spentMicroUsd !== undefined) change(draft, 'journal', { recordedMicroUsd: event.spentMicroUsd });
      return;
    case 'storing-failed':
      finish(draft, 'failed');
      return;
    case 'used':
      change(draft, 'money', { spent: addCost(draft.state.money.spent, event.cost) });
      return;
    case 'carried':
      change(draft, 'money', { carried: event.cost });
      return;
    case 'looked':
      looked(draft, event);
      return;
    case 'agent-found':
      agentFound(draft, event);
      return;
    case 'agent-elsewhere':
      agentElsewhere(draft, event);
      return;
    case 'agent-refused':
      agentRefused(draft, event);
      return;
    case 'fenced':
      fenced(draft);
      return;
    case 'abort':
      askedToGo(draft);
      return;
    case 'ended-outside':
      endPolitely(draft, event.reason);
      return;
  }
}

/** Where a successor was called, it is for the successor to find out whether the caller is still there. */
function clientGone(draft: Draft): void {
  const { phase, ending, handOver } = draft.state;
  if (handOver.status === 'accepted') fenced(draft);
  else finish(draft, phase === 'ending' ? (ending?.reason ?? 'client-gone') : 'client-gone');
}

function claimed(draft: Draft, briefing: Extract<SessionEvent, { type: 'claimed' }>['briefing']): void {
  restore(draft, briefing);
  if (draft.state.speech.parts.length > 0) settleSpeech(draft);
  recordSuccession(draft);
  announceSuccessor(draft);
  draft.state = { ...draft.state, phase: 'describing' };
  draft.effects.push({ type: 'describe' });
}

function engineEvent(draft: Draft, stream: number, event: Extract<SessionEvent, { type: 'engine' }>['event']): void {
  if (!isCurrent(draft, stream)) return;
  switch (event.type) {
    case 'speech-started':
      cutSpeech(draft);
      return;
    case 'user-text':
      if (event.final) callerWords(draft, event.text, 'voice');
      else callerHint(draft, event.text);
      return;
    case 'agent-text':
      agentText(draft, { ...event, responseId: qualified(stream, event.responseId) });
      return;
    case 'interrupted':
      engineInterrupted(draft, event.responseId && qualified(stream, event.responseId));
      return;
    case 'response-ended':
      responseEnded(draft, event.responseId && qualified(stream, event.responseId));
      if (draft.state.speech.response === undefined && draft.state.speech.phrases.length === 0) askHeldBack(draft);
      return;
    case 'tool-use':
      toolUse(draft, stream, event);
      return;
    case 'problem':
      if (event.error.kind === 'filtered') refused(draft);
  }
}

/** Ids of responses are unique within a stream; what an old one said may still be playing. */
const qualified = (stream: number, responseId: string): string => `${stream}.${responseId}`;

/** Only the stream that talks is listened to. */
const isCurrent = ({ state }: Draft, stream: number): boolean => state.streams.current?.id === stream;

function tick(draft: Draft): void {
  connectionTick(draft);
  if (isOver(draft)) return;
  if (draft.state.phase !== 'talking' && draft.state.phase !== 'ending') {
    startTick(draft);
    return;
  }
  speechTick(draft);
  toolTick(draft);
  if (!turnTick(draft)) streamFailed(draft, draft.state.streams.current?.id ?? 0, 'timed-out');
  if (isOver(draft)) return;
  streamTick(draft);
  budgetTick(draft);
  controlTick(draft);
  switchTick(draft);
  idleTick(draft);
  if (!isOver(draft)) endingTick(draft);
  if (!isOver(draft)) meterTick(draft);
  if (!isOver(draft) && !draft.state.ending) handOverTick(draft);
}

const isOver = ({ state }: Draft): boolean => state.phase === 'over';

/** A call that does not come about within its time is given up, and its caller told. */
function startTick(draft: Draft): void {
  const { streams, startedAtMs } = draft.state;
  if (streams.retry && draft.nowMs >= streams.retry.atMs && !streams.next) openNext(draft, streams.retry.cause);
  if (draft.nowMs - startedAtMs < SESSION_LIMITS.startMs) return;
  fail(draft, {
    code: 'call-not-started',
    title: 'The call could not be started',
    detail: 'The agent did not get ready in time. Call again in a few minutes.',
  });
}
