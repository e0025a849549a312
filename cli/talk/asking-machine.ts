import { samplesOf } from '../../audio/pcm.ts';
import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';
import type { Phase } from '../../web/voice/session-machine.ts';

/** What is asked: PCM16 at 16 kHz, or words that are typed. */
export type Question = { readonly pcm: Uint8Array } | { readonly words: string };

export type Act =
  | { readonly type: 'say'; readonly pcm: Uint8Array }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end' };

interface Moment {
  /** Milliseconds of any clock that goes forward. */
  readonly nowMs: number;
  readonly phase: Phase;
  /** Whether the loudspeaker has something left. */
  readonly isPlaying: boolean;
}

/** One question and its answer, without socket and clock: greeting, question, answer, good-bye. */
export interface AskingMachine {
  readonly hear: (message: ServerMessage, nowMs: number) => void;
  readonly hearSound: (turn: number, nowMs: number) => void;
  /** To be called every 40 ms; what is to be done now. */
  readonly tick: (moment: Moment) => readonly Act[];
  readonly hasAnswer: () => boolean;
  /** From the last loud moment of the question to the first word or sound of the answer. */
  readonly latencyMs: () => number | undefined;
}

export const FRAME_MS = 40;
const FRAME_BYTES = FRAME_MS * 32;
/** How long a greeting is waited for before the caller speaks. */
const GREETING_WAIT_MS = 3_000;
/** Nothing more said, played or looked up for so long: the answer is complete. */
const ANSWERED_AFTER_MS = 2_000;
/** A call that stays silent for so long has failed. */
const NO_ANSWER_AFTER_MS = 60_000;
/** An open microphone after the last word, so that the end of the turn is heard and not inferred. */
const QUIET_FRAMES = 38;

export function askingMachine(question: Question): AskingMachine {
  const frames = 'pcm' in question ? framesOf(question.pcm) : [];
  const lastWord = Math.max(0, frames.findLastIndex(isLoud));
  const lookups = new Set<string>();
  let stage: 'greeting' | 'asking' | 'listening' | 'leaving' = 'greeting';
  let activeMs: number | undefined;
  let next = 0;
  let greetingTurn = -1;
  let askedMs: number | undefined;
  let answeredMs: number | undefined;

  const noteTurn = (turn: number, nowMs: number): void => {
    activeMs = nowMs;
    if (stage === 'greeting') greetingTurn = Math.max(greetingTurn, turn);
    else if (turn > greetingTurn && askedMs !== undefined) answeredMs ??= nowMs;
  };
  const hear = (message: ServerMessage, nowMs: number): void => {
    if (message.type === 'meter') return;
    activeMs = nowMs;
    if (message.type === 'transcript' && message.role === 'assistant') noteTurn(message.turn, nowMs);
    if (message.type === 'tool') {
      if (message.status === 'started') lookups.add(message.toolUseId);
      else lookups.delete(message.toolUseId);
    }
    // The caller went on: what was begun to be answered was not the question.
    if (message.type === 'interrupted') answeredMs = undefined;
  };
  const ask = (nowMs: number): readonly Act[] => {
    activeMs = nowMs;
    if ('words' in question) {
      stage = 'listening';
      askedMs = nowMs;
      return [{ type: 'text', text: question.words }];
    }
    const frame = frames[next];
    next += 1;
    if (next >= lastWord + 1) askedMs ??= nowMs;
    if (frame === undefined) stage = 'listening';
    return frame === undefined ? [] : [{ type: 'say', pcm: frame }];
  };
  const tick = ({ nowMs, phase, isPlaying }: Moment): readonly Act[] => {
    if (phase !== 'live') return [];
    if (isPlaying || lookups.size > 0) activeMs = nowMs;
    activeMs ??= nowMs;
    const quietMs = nowMs - activeMs;
    if (stage === 'greeting' && quietMs >= (greetingTurn >= 0 ? 2 * FRAME_MS : GREETING_WAIT_MS)) stage = 'asking';
    if (stage === 'asking') return ask(nowMs);
    const isDone = answeredMs !== undefined ? quietMs >= ANSWERED_AFTER_MS : quietMs >= NO_ANSWER_AFTER_MS;
    if (stage !== 'listening' || !isDone) return [];
    stage = 'leaving';
    return [{ type: 'end' }];
  };
  return {
    hear,
    hearSound: noteTurn,
    tick,
    hasAnswer: () => answeredMs !== undefined,
    latencyMs: () =>
      answeredMs === undefined || askedMs === undefined ? undefined : Math.max(0, answeredMs - askedMs),
  };
}

/** One percent of full scale: what is softer is the room, not a word. */
const ROOM = 328;

const isLoud = (frame: Uint8Array): boolean => samplesOf(frame).some((sample) => Math.abs(sample) > ROOM);

/** The question in frames of 40 ms, the last filled up, and the quiet after it. */
function framesOf(pcm: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(pcm.length / FRAME_BYTES) + QUIET_FRAMES;
  const padded = new Uint8Array(count * FRAME_BYTES);
  padded.set(pcm);
  return Array.from({ length: count }, (_, index) => padded.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES));
}
