/** Audio of one server message, at the rate it is played at. */
export interface PlayFrame {
  readonly epoch: number;
  readonly turn: number;
  readonly seq: number;
  readonly samples: Float32Array;
}

/** How far playing has got: of the turn that plays or played last. */
export interface PlayPosition {
  readonly epoch: number;
  readonly turn: number;
  readonly playedMs: number;
  /** The last frame played whole, or -1. */
  readonly lastPlayedSeq: number;
}

/** Between a network that delivers in bursts and a loudspeaker that never waits. */
export interface JitterBuffer {
  readonly push: (frame: PlayFrame) => void;
  /** Fills the output; silence where there is nothing to play. */
  readonly pull: (output: Float32Array) => void;
  /** Drops everything not yet played; the sound fades within one block, so that it does not click. */
  readonly flush: () => PlayPosition;
  readonly position: () => PlayPosition;
  readonly bufferedMs: () => number;
  /** How much is gathered before playing starts. */
  readonly startMs: () => number;
  readonly underruns: () => number;
}

const MIN_START_MS = 60;
const MAX_START_MS = 200;
/** An underrun makes the start this much later, a smooth turn this much earlier. */
const GROWTH = 1.5;
const SHRINK_MS = 10;
/** Audio of the same turn after a longer silence was a pause of the speaker, not of the network. */
const UNDERRUN_WINDOW_MS = 1000;

export function jitterBuffer({ sampleRateHertz }: { readonly sampleRateHertz: number }): JitterBuffer {
  const msOf = (samples: number): number => (samples * 1000) / sampleRateHertz;
  let queue: PlayFrame[] = [];
  let offset = 0;
  let buffered = 0;
  let isPlaying = false;
  let silentMs = Number.POSITIVE_INFINITY;
  let waitedMs = 0;
  let startMs = MIN_START_MS;
  let underruns = 0;
  let lastSample = 0;
  let played = { epoch: 0, turn: 0, samples: 0, lastPlayedSeq: -1 };

  const adapt = (frame: PlayFrame): void => {
    if (isPlaying || queue.length > 0) return;
    const goesOn = frame.turn === played.turn && frame.epoch === played.epoch;
    if (goesOn && silentMs < UNDERRUN_WINDOW_MS) {
      underruns += 1;
      startMs = Math.min(MAX_START_MS, startMs * GROWTH);
    } else startMs = Math.max(MIN_START_MS, startMs - SHRINK_MS);
    waitedMs = 0;
  };
  const copyFrom = (frame: PlayFrame, output: Float32Array, at: number): number => {
    if (frame.turn !== played.turn || frame.epoch !== played.epoch) {
      played = { epoch: frame.epoch, turn: frame.turn, samples: 0, lastPlayedSeq: played.lastPlayedSeq };
    }
    const count = Math.min(frame.samples.length - offset, output.length - at);
    output.set(frame.samples.subarray(offset, offset + count), at);
    offset += count;
    played.samples += count;
    buffered -= count;
    if (offset === frame.samples.length) {
      played.lastPlayedSeq = frame.seq;
      queue.shift();
      offset = 0;
    }
    return at + count;
  };
  const fade = (output: Float32Array, from: number): void => {
    const length = output.length - from;
    for (let index = 0; index < length; index += 1) output[from + index] = lastSample * (1 - (index + 1) / length);
    lastSample = 0;
  };
  const position = (): PlayPosition => ({
    epoch: played.epoch,
    turn: played.turn,
    playedMs: msOf(played.samples),
    lastPlayedSeq: played.lastPlayedSeq,
  });

  return {
    push: (frame) => {
      adapt(frame);
      queue.push(frame);
      buffered += frame.samples.length;
    },
    pull: (output) => {
      const blockMs = msOf(output.length);
      if (!isPlaying && queue.length > 0) {
        // A short utterance never fills the buffer: it has waited long enough when the time is over.
        isPlaying = msOf(buffered) >= startMs || waitedMs >= startMs;
        waitedMs += blockMs;
      }
      let at = 0;
      for (let frame = queue[0]; isPlaying && frame !== undefined && at < output.length; frame = queue[0]) {
        at = copyFrom(frame, output, at);
      }
      if (at > 0) lastSample = output[at - 1] ?? 0;
      if (at < output.length) fade(output, at);
      silentMs = at > 0 ? 0 : silentMs + blockMs;
      if (queue.length === 0) isPlaying = false;
    },
    flush: () => {
      queue = [];
      offset = 0;
      buffered = 0;
      isPlaying = false;
      silentMs = Number.POSITIVE_INFINITY;
      return position();
    },
    position,
    bufferedMs: () => msOf(buffered),
    startMs: () => startMs,
    underruns: () => underruns,
  };
}
