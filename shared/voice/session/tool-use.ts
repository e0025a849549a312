import type { EngineEvent } from '../engines/speech-engine.ts';
import type { HandoffDecision } from '../keeper/call-keeper.ts';
import { isMuted, liveFor } from './control-state.ts';
import { change, type Draft, journal, tell } from './draft.ts';
import { beginEnding } from './ending.ts';
import { phrasesOf } from './phrases.ts';
import { SESSION_LIMITS } from './session-limits.ts';
import type { PendingTool } from './session-state.ts';
import { isSpeaking, sayPhrase } from './speech.ts';
import { failure, type ToolOutcome } from './tools.ts';
import { continuationOf, isClosed } from './transfer.ts';
import { historyForEngine } from './turns.ts';

/*
 * Tools: each use is answered exactly once, to the stream that asked.
 */

type ToolUse = Extract<EngineEvent, { type: 'tool-use' }>;
type EntryStatus = 'success' | 'error' | 'timeout' | 'discarded';

/** The model wants something done. */
export function toolUse(draft: Draft, stream: number, { toolUseId, name: asked, input }: ToolUse): void {
  const name = asked.slice(0, 64);
  const { tools, talk } = draft.state;
  if (talk.answeredTools.includes(key(stream, toolUseId)) || tools.some((tool) => isUse(tool, stream, toolUseId)))
    return;
  change(draft, 'talk', { toolUses: talk.toolUses + 1 });
  const tool = { stream, toolUseId, name, turn: talk.turn, startedAtMs: draft.nowMs };
  draft.state = { ...draft.state, tools: [...tools, tool] };
  change(draft, 'speech', { lastEventMs: draft.nowMs });
  tell(draft, { type: 'tool', turn: talk.turn, toolUseId, name, status: 'started' });
  if (isMuted(draft.state)) {
    settle(draft, tool, failure('A colleague has the call in hand. Do nothing until you are told.'), 'discarded');
    return;
  }
  const isTooMany = talk.toolUses >= SESSION_LIMITS.toolUsesPerTurn || tools.length >= SESSION_LIMITS.pendingTools;
  if (isTooMany) {
    settle(draft, tool, failure('Too many tool uses for one question. Answer with what is known.'), 'error');
    return;
  }
  const history = historyForEngine(draft.state);
  const { cast } = draft.state.switching;
  draft.effects.push({ type: 'run-tool', cast, stream, toolUseId, name, input, history, live: liveFor(draft.state) });
}

/** A tool is done; too late when it timed out or its stream is gone. */
export function toolSettled(draft: Draft, stream: number, toolUseId: string, outcome: ToolOutcome): void {
  const tool = draft.state.tools.find((pending) => isUse(pending, stream, toolUseId));
  if (!tool) return;
  const isRefused = outcome.status === 'success' && outcome.handoff !== undefined && isClosed(draft.state, draft.nowMs);
  if (isRefused) {
    settle(draft, tool, failure(NOBODY_THERE), 'error');
    return;
  }
  settle(draft, tool, outcome, outcome.status);
  // What a muted agent decides is not its to decide any more.
  if (outcome.status !== 'success' || isMuted(draft.state)) return;
  if (outcome.handoff) handOff(draft, outcome.handoff);
  else if (outcome.endsCall) beginEnding(draft, { reason: 'agent-ended', isSoft: true });
}

/** Outside the hours in which people answer. */
const NOBODY_THERE = 'No person answers at this time. Say so, and offer to help yourself or to take a message.';

function settle(draft: Draft, tool: PendingTool, outcome: ToolOutcome, status: EntryStatus): void {
  close(draft, tool, status, outcome.status === 'success' ? outcome.clauseIds : undefined);
  draft.effects.push({
    type: 'feed',
    stream: tool.stream,
    input: { type: 'tool-result', toolUseId: tool.toolUseId, content: outcome.content },
  });
}

function close(draft: Draft, tool: PendingTool, status: EntryStatus, clauseIds?: readonly string[]): void {
  const { toolUseId, name, turn } = tool;
  const durationMs = draft.nowMs - tool.startedAtMs;
  draft.state = { ...draft.state, tools: draft.state.tools.filter((pending) => pending !== tool) };
  change(draft, 'talk', { answeredTools: [...draft.state.talk.answeredTools, key(tool.stream, toolUseId)].slice(-32) });
  change(draft, 'speech', { lastEventMs: draft.nowMs });
  journal(draft, {
    kind: 'tool',
    turnNumber: turn,
    toolUseId,
    name,
    status,
    durationMs,
    ...(clauseIds && clauseIds.length > 0 && { clauseIds }),
  });
  tell(draft, {
    type: 'tool',
    turn,
    toolUseId,
    name,
    status: status === 'success' ? 'finished' : 'failed',
    durationMs,
  });
}

/** A person takes over: decided once, by whomever. Without a phrase the model says so itself. */
export function handOff(draft: Draft, handoff: HandoffDecision, phrase?: string): void {
  if (!draft.state.handoff) {
    draft.state = { ...draft.state, handoff };
    const { reason, summary } = handoff;
    const continuation = continuationOf(draft.state.briefing?.settings.transfer, handoff);
    journal(draft, { kind: 'handoff', reason, summary });
    tell(draft, { type: 'handoff', reason, summary, ...(continuation && { continuation }) });
  }
  beginEnding(draft, { reason: 'handed-off', isSoft: false, ...(phrase !== undefined && { phrase }) });
}

/** Times out what takes too long, and fills the silence once a turn. */
export function toolTick(draft: Draft): void {
  for (const tool of draft.state.tools) {
    if (draft.nowMs - tool.startedAtMs < SESSION_LIMITS.toolTimeoutMs) continue;
    draft.effects.push({ type: 'cancel-tool', stream: tool.stream, toolUseId: tool.toolUseId });
    settle(draft, tool, failure('The tool took too long. Say that it could not be found out just now.'), 'timeout');
  }
  const { talk, tools, client } = draft.state;
  const isLong = tools.some(({ startedAtMs }) => draft.nowMs - startedAtMs >= SESSION_LIMITS.fillerAfterMs);
  if (!isLong || isMuted(draft.state) || talk.fillerSaid || talk.isSpeaking || isSpeaking(draft.state, draft.nowMs))
    return;
  change(draft, 'talk', { fillerSaid: true });
  sayPhrase(draft, phrasesOf(client.language).filler);
}

/** The stream that asked is gone: nobody can be told. */
export function discardTools(draft: Draft): void {
  for (const tool of draft.state.tools) {
    draft.effects.push({ type: 'cancel-tool', stream: tool.stream, toolUseId: tool.toolUseId });
    close(draft, tool, 'discarded');
  }
}

const key = (stream: number, toolUseId: string): string => `${stream}:${toolUseId}`;
const isUse = (tool: PendingTool, stream: number, toolUseId: string): boolean =>
  tool.stream === stream && tool.toolUseId === toolUseId;
