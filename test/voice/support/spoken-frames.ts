import type { AudioFormat } from '../../../audio/format.ts';

/** Speech that scripted engines understand: loud frames that bear the number of their utterance and their place in it. */

export const SPOKEN_FORMAT: AudioFormat = { encoding: 'pcm16', sampleRateHertz: 16_000 };
export const FRAME_MS = 20;
const WORD_MS = 300;
const FRAMES_PER_WORD = WORD_MS / FRAME_MS;
const SAMPLES = (SPOKEN_FORMAT.sampleRateHertz / 1000) * FRAME_MS;
const MAGIC = 0x5afe;

const utterances: string[] = [];

/** Frames of 20 ms of somebody saying this. */
export function spokenFrames(text: string): readonly Uint8Array[] {
  const id = utterances.push(text) - 1;
  const count = text.split(' ').length * FRAMES_PER_WORD;
  return Array.from({ length: count }, (_, index) => {
    const samples = Uint16Array.from({ length: SAMPLES }, (_, at) => (at % 2 === 0 ? 6000 : 0x10000 - 6000));
    samples.set([MAGIC, id & 0xffff, id >> 16, index], 0);
    return new Uint8Array(samples.buffer);
  });
}

export interface HeardFrame {
  readonly utterance: number;
  readonly index: number;
}

/** Reads the frames in a chunk of audio; undefined where there is none. */
export function heardFrames(audio: Uint8Array): readonly (HeardFrame | undefined)[] {
  const bytes = SAMPLES * 2;
  return Array.from({ length: Math.ceil(audio.length / bytes) }, (_, frame) => {
    const chunk = audio.slice(frame * bytes, (frame + 1) * bytes);
    if (chunk.length < 8) return undefined;
    const [magic, low, high, index] = new Uint16Array(chunk.buffer, 0, 4);
    return magic === MAGIC ? { utterance: (low ?? 0) + (high ?? 0) * 0x10000, index: index ?? 0 } : undefined;
  });
}

/** The words of which more than half was heard. */
export function understood(utterance: number, heard: ReadonlySet<number>): string {
  const words = (utterances[utterance] ?? '').split(' ');
  return words
    .filter((_, word) => {
      const frames = Array.from({ length: FRAMES_PER_WORD }, (_, at) => word * FRAMES_PER_WORD + at);
      return frames.filter((frame) => heard.has(frame)).length > FRAMES_PER_WORD / 2;
    })
    .join(' ');
}
