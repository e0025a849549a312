import { type AudioFormat, bytesPerMs } from '../../../../audio/format.ts';
import type { Endpointing } from '../speech-engine.ts';

export type GateEvent =
  /** Somebody has begun to speak. */
  | { readonly type: 'started' }
  /** What was said, with a little before and after it. */
  | { readonly type: 'utterance'; readonly audio: Uint8Array };

export interface SpeechGate {
  /** Takes PCM of any even length; tells what it means. Time is counted in audio, so silence must be pushed too. */
  readonly push: (audio: Uint8Array) => readonly GateEvent[];
}

const FRAME_MS = 20;
/** Speech for so long is speech, and no click. */
const ONSET_FRAMES = 6;
/** Recognisers need a little of what was before the first sound they know (facts of the local recogniser: 300 ms). */
const PRE_ROLL_FRAMES = 15;
/** Somebody who speaks longer is transcribed in parts. */
const MAX_UTTERANCE_FRAMES = 1500;
/** A pause of so many frames ends an utterance: 1.2, 0.9 and 0.6 s. */
const PAUSE_FRAMES: Readonly<Record<Endpointing, number>> = { low: 60, medium: 45, high: 30 };
/** Root mean square of 16-bit samples below which nothing is speech, however quiet the room. */
const FLOOR = 250;
/** How much louder than the room speech is. */
const OVER_NOISE = 3;
/** How fast the room's level follows what is no speech. */
const NOISE_RATE = 0.05;

const loudness = (frame: Uint8Array): number => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let sum = 0;
  for (let offset = 0; offset + 1 < frame.length; offset += 2) sum += view.getInt16(offset, true) ** 2;
  return Math.sqrt(sum / Math.max(1, frame.length / 2));
};

const joined = (frames: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(frames));

/** Cuts a stream of PCM into utterances by its energy against the room's. Enough for a quiet line; steady noise raises its floor. */
export const createSpeechGate = (format: AudioFormat, endpointing: Endpointing): SpeechGate => {
  const frameBytes = FRAME_MS * bytesPerMs(format);
  let rest = new Uint8Array();
  let noise = FLOOR / OVER_NOISE;
  let before: Uint8Array[] = [];
  let loud = 0;
  let quiet = 0;
  let utterance: Uint8Array[] | undefined;

  const outside = (frame: Uint8Array, isLoud: boolean): readonly GateEvent[] => {
    loud = isLoud ? loud + 1 : 0;
    before = [...before, frame].slice(-(PRE_ROLL_FRAMES + ONSET_FRAMES));
    if (loud < ONSET_FRAMES) return [];
    utterance = before;
    before = [];
    quiet = 0;
    return [{ type: 'started' }];
  };
  const inside = (frames: Uint8Array[], frame: Uint8Array, isLoud: boolean): readonly GateEvent[] => {
    frames.push(frame);
    quiet = isLoud ? 0 : quiet + 1;
    const isPause = quiet >= PAUSE_FRAMES[endpointing];
    if (!isPause && frames.length < MAX_UTTERANCE_FRAMES) return [];
    utterance = isPause ? undefined : [];
    loud = 0;
    return [{ type: 'utterance', audio: joined(frames) }];
  };
  const take = (frame: Uint8Array): readonly GateEvent[] => {
    const level = loudness(frame);
    const isLoud = level > Math.max(FLOOR, noise * OVER_NOISE);
    if (!isLoud) noise += (level - noise) * NOISE_RATE;
    return utterance ? inside(utterance, frame, isLoud) : outside(frame, isLoud);
  };
  return {
    push: (audio) => {
      const all = joined([rest, audio]);
      const whole = all.length - (all.length % frameBytes);
      rest = all.slice(whole);
      const events: GateEvent[] = [];
      for (let start = 0; start < whole; start += frameBytes) {
        events.push(...take(all.subarray(start, start + frameBytes)));
      }
      return events;
    },
  };
};
