/** A short stretch of microphone audio, PCM16 mono. */
type Frame = Int16Array;

/** Lets speech through and keeps silence back. */
export interface EnergyGate {
  /** What is to be sent now: nothing in silence; at the start of speech also what came just before it. */
  readonly push: (frame: Frame) => readonly Frame[];
  readonly isOpen: () => boolean;
}

export interface GateOptions {
  readonly frameMs: number;
  /** Audio before the first loud frame: soft consonants begin a word before it is loud. */
  readonly preRollMs?: number;
  /** How long the gate stays open after the last loud frame: pauses between words are speech. */
  readonly hangoverMs?: number;
}

/** Below this nothing is speech, in dB of full scale; above the other everything is. */
const SILENCE_DB = -55;
const LOUD_DB = -35;
/** Speech stands out of the room's noise by this much. */
const ABOVE_NOISE_DB = 9;
/** A room grows noisier slowly, and falls quiet at once. */
const NOISE_RISE_DB_PER_SECOND = 3;

/** Frames of equal length, one after the other. Recognisers lose words without 300 ms of pre-roll. */
export function energyGate({ frameMs, preRollMs = 300, hangoverMs = 700 }: GateOptions): EnergyGate {
  const maxKept = Math.ceil(preRollMs / frameMs);
  let kept: Frame[] = [];
  let noiseDb = SILENCE_DB;
  let openMs = 0;

  return {
    push: (frame) => {
      const db = levelDb(frame);
      const isLoud = db > Math.min(LOUD_DB, Math.max(SILENCE_DB, noiseDb + ABOVE_NOISE_DB));
      noiseDb = Math.max(SILENCE_DB, Math.min(db, noiseDb + (NOISE_RISE_DB_PER_SECOND * frameMs) / 1000));
      openMs = isLoud ? hangoverMs : Math.max(0, openMs - frameMs);
      if (openMs === 0) {
        kept = [...kept, frame].slice(-maxKept);
        return [];
      }
      const frames = [...kept, frame];
      kept = [];
      return frames;
    },
    isOpen: () => openMs > 0,
  };
}

/** Loudness in dB of full scale; digital silence is -96, what 16 bits can tell apart. */
export function levelDb(frame: Frame): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, frame.length)) / 32_768;
  return Math.max(-96, 20 * Math.log10(rms));
}
