import type { LiveEvent } from '../../../shared/live/live-views.ts';
import { transferText, transferTitle } from '../calls/transfer-words.ts';
import { asLatency, asSentence, asWords } from '../calls/words.ts';

/** One line of a call that goes on. */
export interface LiveLine {
  /** Stays the same while guesses become final words, so that nothing is drawn anew. */
  readonly id: string;
  /** Place in the record; null while it may change. */
  readonly seq: number | null;
  readonly atMs: number;
  readonly lane: 'caller' | 'agent' | 'event' | 'operator';
  readonly title: string;
  readonly text: string;
  readonly isFinal: boolean;
  /** Who did it, as the feed names them. */
  readonly operator?: string;
}

/** What is known of a call's course. */
export interface LiveStory {
  readonly lines: readonly LiveLine[];
  /** Of the last event that is stored, or -1. */
  readonly lastSeq: number;
  readonly mode: CallMode;
  /** What has become of the newest transfer to a person. */
  readonly transfer?: TransferNews;
}

export type TransferNews = Extract<LiveEvent, { readonly kind: 'transfer' }>;

/** Who answers the caller: the agent, nobody because the call is held, or the operator who took it over. */
export type CallMode = 'agent' | 'held' | 'operator';

export const NO_STORY: LiveStory = { lines: [], lastSeq: -1, mode: 'agent' };

const MODES: Readonly<Record<string, CallMode>> = { hold: 'held', takeover: 'operator', resume: 'agent' };

/** More lines than anybody reads of a call that goes on; the log has them all. */
const MOST_LINES = 400;

/** The story after one more event. An event that was seen before changes nothing: the same story comes back. */
export function withEvent(story: LiveStory, event: LiveEvent): LiveStory {
  const known = event.seq !== null && story.lines.some(({ seq }) => seq === event.seq);
  if (known) return story;
  const line = lineOf(event);
  const lastSeq = Math.max(story.lastSeq, event.seq ?? -1);
  if (line === undefined) return lastSeq === story.lastSeq ? story : { ...story, lastSeq };
  const lines = placed(story.lines, line, event);
  if (lines === story.lines) return story;
  const isNews = (event.seq ?? story.lastSeq) >= story.lastSeq;
  const mode = (event.kind === 'operator' && isNews ? MODES[event.action] : undefined) ?? story.mode;
  return {
    ...story,
    lines: lines.length > MOST_LINES ? lines.slice(-MOST_LINES) : lines,
    lastSeq,
    mode,
    ...(event.kind === 'transfer' && isNews ? { transfer: event } : {}),
  };
}

type Transcript = Extract<LiveEvent, { readonly kind: 'transcript' }>;

function placed(lines: readonly LiveLine[], line: LiveLine, event: LiveEvent): readonly LiveLine[] {
  const open = lines.findIndex(({ id, isFinal }) => id === line.id && !isFinal);
  if (open >= 0) return lines.with(open, line);
  const sameId = lines.some(({ id }) => id === line.id);
  // A guess that comes after the words it guessed at.
  if (sameId && !line.isFinal) return lines;
  const unique = sameId && event.seq !== null ? { ...line, id: `${line.id}-${event.seq}` } : line;
  const { seq } = unique;
  const before = seq === null ? -1 : lines.findIndex((other) => other.seq !== null && other.seq > seq);
  return before < 0 ? [...lines, unique] : lines.toSpliced(before, 0, unique);
}

function lineOf(event: LiveEvent): LiveLine | undefined {
  const { seq, atMs } = event;
  const line = (id: string, lane: LiveLine['lane'], title: string, text: string, isFinal = true): LiveLine => ({
    id,
    seq,
    atMs,
    lane,
    title,
    text,
    isFinal,
  });
  const eventId = `${event.kind}-${seq ?? `at-${atMs}`}`;
  switch (event.kind) {
    case 'transcript': {
      const lane = event.role === 'user' ? 'caller' : 'agent';
      return line(`${lane}-${event.turn}`, lane, titleOf(event), event.text, event.stage === 'final');
    }
    case 'tool': {
      const took = event.durationMs === undefined ? '' : `, ${asLatency(event.durationMs)}`;
      const isOver = event.status !== 'started';
      const text = isOver ? `${event.status}${took}` : 'at work…';
      return line(`tool-${event.toolUseId}`, 'event', `Tool: ${asWords(event.name)}`, text, isOver);
    }
    case 'interrupted':
      return line(eventId, 'event', 'Interrupted', `after ${asLatency(event.playedMs)} of the answer`);
    case 'handoff':
      return line(eventId, 'event', 'Passed on to a person', event.reason);
    case 'transfer':
      return line(eventId, 'event', transferTitle(event.status), transferText(event));
    case 'warning':
      return line(eventId, 'event', asSentence(event.code), event.message);
    case 'operator':
      return {
        ...line(eventId, 'operator', asSentence(event.action), event.text ?? ''),
        operator: event.operator.name,
      };
    case 'context':
      return line(eventId, 'operator', 'Context changed', event.message);
    case 'ended':
      return line(eventId, 'event', 'Call ended', asSentence(event.reason));
    case 'meter':
      return undefined;
  }
}

const HOW = { voice: '', text: ', typed', dtmf: ', by keys' } as const;

const titleOf = ({ role, via, interrupted, answerLatencyMs }: Transcript): string =>
  [
    role === 'user' ? 'Caller' : 'Agent',
    via === undefined ? '' : HOW[via],
    answerLatencyMs === undefined ? '' : `, after ${asLatency(answerLatencyMs)}`,
    interrupted === true ? ' (cut off)' : '',
  ].join('');
