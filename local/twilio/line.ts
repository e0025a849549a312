import type { CloudClock } from '../core/service.ts';

/** A frame of telephone audio: 20 ms of µ-law at 8 kHz, a byte a sample. */
export const FRAME_MS = 20;
const FRAME_BYTES = 160;
/** µ-law for no sound at all. */
const SILENCE = 0xff;

/** The sound of one call at the caller's end: what the caller says, and what he hears, frame by frame in real time. */
export interface Line {
  /** Speaks after what is being said; resolves when all of it was. */
  readonly say: (audio: Uint8Array) => Promise<void>;
  /** Whoever listens to the caller gets each frame, silent ones, too. */
  readonly listen: (listener: ((frame: Uint8Array) => void) | undefined) => void;
  /** Plays to the caller after what is being played. */
  readonly play: (audio: Uint8Array) => void;
  /** `reached` is called when all that was played before has been heard, or cleared. */
  readonly mark: (reached: () => void) => void;
  /** Drops what was not heard yet. */
  readonly clear: () => void;
  /** Resolves when all that was played has been heard. */
  readonly playedOut: () => Promise<void>;
  /** All that the caller has heard since the call was answered, silence included: position is time. */
  readonly heard: () => Uint8Array;
  /** When something was cleared, in ms since the call was answered, and how much. */
  readonly clears: readonly { readonly atMs: number; readonly droppedMs: number }[];
  readonly heardFrame: (listener: (frame: Uint8Array) => void) => void;
}

interface Spoken {
  audio: Uint8Array;
  readonly done: () => void;
}
type Played = { audio: Uint8Array } | { readonly mark: () => void };

/** Opens the line; it is quiet when the signal aborts. */
export function openLine(clock: CloudClock, signal: AbortSignal): Line {
  const speaking: Spoken[] = [];
  const playing: Played[] = [];
  const frames: Uint8Array[] = [];
  const clears: { atMs: number; droppedMs: number }[] = [];
  let listener: ((frame: Uint8Array) => void) | undefined;
  let hear: ((frame: Uint8Array) => void) | undefined;

  const spokenFrame = (): Uint8Array => {
    const frame = new Uint8Array(FRAME_BYTES).fill(SILENCE);
    let filled = 0;
    for (let first = speaking[0]; first && filled < FRAME_BYTES; first = speaking[0]) {
      const part = first.audio.subarray(0, FRAME_BYTES - filled);
      frame.set(part, filled);
      filled += part.length;
      first.audio = first.audio.subarray(part.length);
      if (first.audio.length > 0) break;
      speaking.shift();
      first.done();
    }
    return frame;
  };
  const playedFrame = (): Uint8Array => {
    const frame = new Uint8Array(FRAME_BYTES).fill(SILENCE);
    let filled = 0;
    for (let first = playing[0]; first; first = playing[0]) {
      if ('mark' in first) first.mark();
      else {
        const part = first.audio.subarray(0, FRAME_BYTES - filled);
        frame.set(part, filled);
        filled += part.length;
        first.audio = first.audio.subarray(part.length);
        if (first.audio.length > 0) break;
      }
      playing.shift();
    }
    return frame;
  };
  const tick = (): void => {
    const frame = playedFrame();
    frames.push(frame);
    hear?.(frame);
    listener?.(spokenFrame());
  };
  const mark = (reached: () => void): void => {
    if (playing.length === 0) reached();
    else playing.push({ mark: reached });
  };
  void keepTime(clock, signal, tick);
  return {
    say: (audio) =>
      new Promise((resolve) => {
        if (audio.length === 0 || signal.aborted) return resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
        speaking.push({ audio, done: resolve });
      }),
    listen: (next) => {
      listener = next;
    },
    play: (audio) => {
      if (audio.length > 0) playing.push({ audio });
    },
    mark,
    clear: () => {
      const dropped = playing.splice(0);
      const bytes = dropped.reduce((sum, piece) => sum + ('audio' in piece ? piece.audio.length : 0), 0);
      clears.push({ atMs: frames.length * FRAME_MS, droppedMs: bytes / 8 });
      for (const piece of dropped) if ('mark' in piece) piece.mark();
    },
    playedOut: () =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        mark(resolve);
      }),
    heard: () => Buffer.concat(frames),
    clears,
    heardFrame: (next) => {
      hear = next;
    },
  };
}

/** A tick each 20 ms by the clock, not by the timer: what a late timer left undone is made up for. */
async function keepTime(clock: CloudClock, signal: AbortSignal, tick: () => void): Promise<void> {
  const startMs = clock.now();
  for (let ticks = 0; !signal.aborted; ) {
    await clock.sleep(Math.max(0, startMs + (ticks + 1) * FRAME_MS - clock.now()), signal).catch(() => undefined);
    for (; !signal.aborted && startMs + (ticks + 1) * FRAME_MS <= clock.now(); ticks += 1) tick();
  }
}
