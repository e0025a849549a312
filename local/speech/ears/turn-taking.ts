/**
 * When a speaker's turn begins and ends, and which stretch of audio is to be recognized when: pure, in samples at
 * 16 kHz since the ear was opened. A turn is recognized in pieces, so that a long one neither grows costly nor leaves
 * the recognizer's range; a piece ends at a pause.
 */
export interface TurnState {
  /** Samples heard. */
  readonly heard: number;
  readonly turn?: Turn;
  /** Turns so far. */
  readonly turns: number;
}

interface Turn {
  /** Where its audio starts: before the first word, with some room. */
  readonly start: number;
  /** End of the last voice heard; meaningful while nobody speaks. */
  readonly voiceEnd: number;
  readonly speaking: boolean;
  readonly piece: number;
  readonly pieceStart: number;
  readonly lastPartial: number;
}

export type TurnEffect =
  | { readonly type: 'started'; readonly at: number }
  | {
      readonly type: 'recognize';
      readonly turn: number;
      readonly piece: number;
      /** `partial`: for showing only; else what the piece will be unless the speaker goes on. */
      readonly partial: boolean;
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: 'over'; readonly turn: number; readonly start: number; readonly end: number; readonly at: number };

export interface TurnSettings {
  readonly endOfTurnMs: number;
}

export const EAR_HERTZ = 16_000;
const PER_MS = EAR_HERTZ / 1000;

/** The detector says "speech" after so much of it, and "silence" after so much of that. */
export const DETECTOR = { minSpeechMs: 100, minSilenceMs: 200 } as const;
/** Room before the first word: 64 ms of the detector's own windows, and 300 ms without which first words get lost. */
const PRE_ROLL = (DETECTOR.minSpeechMs + 64 + 300) * PER_MS;
const TAIL = 100 * PER_MS;
const PARTIAL_EVERY = 700 * PER_MS;
/** From here on the next pause ends the piece; at the second limit it is cut wherever it is. */
const LONG_PIECE = 12_000 * PER_MS;
const LONGEST_PIECE = 24_000 * PER_MS;

export const START: TurnState = { heard: 0, turns: 0 };

/** How far back audio is needed: before this sample nobody will ask. */
export const neededFrom = ({ heard, turn }: TurnState): number => (turn ? turn.pieceStart : heard - PRE_ROLL);

/** One frame more was heard, of `samples`; `speech` is what the detector says after it. */
export function hear(
  state: TurnState,
  { samples, speech }: { readonly samples: number; readonly speech: boolean },
  settings: TurnSettings,
): { readonly state: TurnState; readonly effects: readonly TurnEffect[] } {
  const heard = state.heard + samples;
  if (!state.turn) return speech ? begin(state, heard) : { state: { ...state, heard }, effects: [] };
  const { turn } = state;
  if (speech) return goOn({ ...state, heard, turn: { ...turn, speaking: true } }, turn);
  if (turn.speaking) return pause({ ...state, heard }, turn, settings);
  return fallSilent({ ...state, heard }, turn, settings);
}

type Step = ReturnType<typeof hear>;

function begin(state: TurnState, heard: number): Step {
  const start = Math.max(0, heard - PRE_ROLL);
  const turn = { start, voiceEnd: heard, speaking: true, piece: 0, pieceStart: start, lastPartial: heard };
  const at = Math.max(0, heard - DETECTOR.minSpeechMs * PER_MS);
  return { state: { heard, turn, turns: state.turns + 1 }, effects: [{ type: 'started', at }] };
}

function goOn(state: TurnState, turn: Turn): Step {
  const { heard } = state;
  const length = heard - turn.pieceStart;
  const paused = !turn.speaking && length >= LONG_PIECE;
  if (paused || length >= LONGEST_PIECE) return nextPiece(state, turn, paused);
  if (heard - turn.lastPartial < PARTIAL_EVERY) return { state, effects: [] };
  return {
    state: { ...state, turn: { ...turn, speaking: true, lastPartial: heard } },
    effects: [recognize(state, turn, heard, true)],
  };
}

/** The pause recognized this piece already; a cut has to do it now. */
function nextPiece(state: TurnState, turn: Turn, paused: boolean): Step {
  const { heard } = state;
  const pieceStart = paused ? Math.max(turn.voiceEnd, heard - PRE_ROLL) : heard;
  const next = { ...turn, speaking: true, piece: turn.piece + 1, pieceStart, lastPartial: heard };
  return { state: { ...state, turn: next }, effects: paused ? [] : [recognize(state, turn, heard, false)] };
}

/** The detector heard the end of a voice: recognition starts at once, so that its result is there when the turn ends. */
function pause(state: TurnState, turn: Turn, settings: TurnSettings): Step {
  const voiceEnd = Math.max(turn.pieceStart, state.heard - DETECTOR.minSilenceMs * PER_MS);
  const paused = { ...turn, speaking: false, voiceEnd };
  const effect = recognize(state, turn, Math.min(state.heard, voiceEnd + TAIL), false);
  const { state: next, effects } = fallSilent({ ...state, turn: paused }, paused, settings);
  return { state: next, effects: [effect, ...effects] };
}

function fallSilent(state: TurnState, turn: Turn, { endOfTurnMs }: TurnSettings): Step {
  if (state.heard - turn.voiceEnd < endOfTurnMs * PER_MS) return { state, effects: [] };
  const over: TurnEffect = { type: 'over', turn: state.turns, start: turn.start, end: turn.voiceEnd, at: state.heard };
  return { state: { heard: state.heard, turns: state.turns }, effects: [over] };
}

function recognize(state: TurnState, turn: Turn, to: number, partial: boolean): TurnEffect {
  return { type: 'recognize', turn: state.turns, piece: turn.piece, partial, from: turn.pieceStart, to };
}
