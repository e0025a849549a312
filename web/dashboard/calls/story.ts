import type { CallRecord } from './call-types.ts';
import { asLatency, asSentence, asWords } from './words.ts';

/** One line of a call's record, in the order of what happened. Times are milliseconds from the call's beginning. */
export interface StoryLine {
  readonly id: string;
  readonly lane: 'caller' | 'agent' | 'event';
  readonly kind: StoryKind;
  readonly fromMs: number;
  /** As `fromMs` where it was a moment. */
  readonly toMs: number;
  readonly title: string;
  readonly text: string;
}

export const STORY_KINDS = [
  'speech',
  'tool',
  'tool-error',
  'interruption',
  'renewal',
  'owner',
  'handoff',
  'operator',
  'warning',
] as const;
export type StoryKind = (typeof STORY_KINDS)[number];

/** Who speaks unhurriedly says 150 words a minute (National Center for Voice and Speech). */
const MS_A_WORD = 400;

/** Kinds of the timeline that have no list of their own in the record. */
const OF_TIMELINE: Readonly<Record<string, readonly [StoryKind, string]>> = {
  interruption: ['interruption', 'Interrupted'],
  renewal: ['renewal', 'New stream to the model'],
  'hand-over': ['owner', 'New session owner'],
  takeover: ['owner', 'Session owner replaced'],
  'engine-change': ['warning', 'Speech engine changed'],
  'agent-switch': ['owner', 'Another agent'],
  handoff: ['handoff', 'Passed on to a person'],
  transfer: ['handoff', 'Put through'],
  warning: ['warning', 'Warning'],
  'audio-lost': ['warning', 'Audio lost'],
};

/** Of the line's element in the document. */
export const lineAddress = (id: string): string => `line-${id}`;

/** The whole call as lines: words, tools and what else happened. `nameOf` makes a name for people of an operator's. */
export function storyOf(call: CallRecord, nameOf = (operator: string): string => operator): readonly StoryLine[] {
  const spoken = call.transcript.map((turn, index) => spokenLine(call, turn, index, nameOf));
  const operators = call.operatorList.map(
    ({ commandId, atMs, action, operator, text }): StoryLine => ({
      id: `operator-${commandId}`,
      lane: 'event',
      kind: 'operator',
      fromMs: atMs,
      toMs: atMs,
      title: `${asSentence(action)} by ${nameOf(operator)}`,
      text: text ?? '',
    }),
  );
  const tools = call.tools.map((tool): StoryLine => {
    const failed = tool.status === 'error' || tool.status === 'timeout';
    return {
      id: `tool-${tool.toolUseId}`,
      lane: 'event',
      kind: failed ? 'tool-error' : 'tool',
      fromMs: Math.max(0, tool.atMs - tool.durationMs),
      toMs: tool.atMs,
      title: `Tool: ${asWords(tool.name)}`,
      text: `${tool.status}, ${asLatency(tool.durationMs)}`,
    };
  });
  const rest = call.timeline.flatMap(({ seq, atMs, kind, detail }): StoryLine[] => {
    const known = OF_TIMELINE[kind];
    if (known === undefined) return [];
    return [
      { id: `event-${seq}`, lane: 'event', kind: known[0], fromMs: atMs, toMs: atMs, title: known[1], text: detail },
    ];
  });
  return [...spoken, ...tools, ...operators, ...rest].sort((a, b) => a.fromMs - b.fromMs);
}

/** How long a call is drawn: to its end or, while it goes on, to the last that happened. */
export const lengthOf = (call: CallRecord, lines: readonly StoryLine[]): number =>
  Math.max(1000, ...lines.map(({ toMs }) => toMs), call.endedAtMs === null ? 0 : call.endedAtMs - call.createdAtMs);

type Turn = CallRecord['transcript'][number];

function spokenLine(call: CallRecord, turn: Turn, index: number, nameOf: (operator: string) => string): StoryLine {
  const isCaller = turn.role === 'user';
  const span = isCaller
    ? callerSpan(call, turn, index)
    : { fromMs: turn.startMs, toMs: turn.startMs + (turn.playedMs ?? 0) };
  return {
    id: `turn-${index}`,
    lane: isCaller ? 'caller' : 'agent',
    kind: 'speech',
    ...span,
    title: `${isCaller ? 'Caller' : 'Agent'}${HOW[turn.via]}${inWordsOf(turn, nameOf)}${turn.interrupted ? ' (cut off)' : ''}`,
    text: turn.text,
  };
}

const inWordsOf = ({ operator }: Turn, nameOf: (operator: string) => string): string =>
  operator === null ? '' : `, in the words of ${nameOf(operator)}`;

const HOW: Readonly<Record<Turn['via'], string>> = { voice: '', text: ', typed', dtmf: ', by keys' };

/**
 * The record says when the caller was understood. Their words ended the answer's latency before the answer began, and
 * how long they took is reckoned from their number.
 */
function callerSpan(call: CallRecord, turn: Turn, index: number): { readonly fromMs: number; readonly toMs: number } {
  if (turn.via !== 'voice') return { fromMs: turn.startMs, toMs: turn.startMs };
  const answer = call.transcript.find((other) => other.role === 'assistant' && other.turn === turn.turn);
  const latency = answer?.answerLatencyMs ?? null;
  const toMs = answer === undefined || latency === null ? turn.startMs : Math.max(0, answer.startMs - latency);
  const words = turn.text.split(/\s+/).filter(Boolean).length;
  const before = call.transcript[index - 1];
  const silentSince = before?.role === 'user' ? before.startMs : 0;
  return { fromMs: Math.min(toMs, Math.max(0, silentSince, toMs - words * MS_A_WORD)), toMs };
}
