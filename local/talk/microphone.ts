import { bytesPerMs, durationMs, silence } from '../../audio/format.ts';
import { joinBytes, samplesOf } from '../../audio/pcm.ts';
import { INPUT_HERTZ } from './messages.ts';

export const FRAME_MS = 40;
/** An open microphone after the last word, so that the end of the turn is heard and not inferred. */
const QUIET_AFTER_MS = 1520;
/** One percent of full scale: what is softer is the room, not a word. */
const ROOM = 328;

export interface Frame {
  /** PCM16, 40 ms. */
  readonly pcm: Uint8Array;
  /** The last one that is louder than a quiet room: from here on the caller waits for an answer. */
  readonly isLastWord: boolean;
}

/** The question in frames, and the quiet after it. */
export function framesOf(question: Uint8Array): Frame[] {
  const format = { encoding: 'pcm16', sampleRateHertz: INPUT_HERTZ } as const;
  const length = FRAME_MS * bytesPerMs(format);
  const words = Math.ceil(question.length / length);
  const padded = joinBytes([question, silence(words * FRAME_MS - durationMs(question.length, format), format)]);
  const quiet = { pcm: silence(FRAME_MS, format), isLastWord: false };
  const spoken = Array.from({ length: words }, (_, i) => padded.subarray(i * length, (i + 1) * length));
  const lastWord = spoken.findLastIndex((frame) => samplesOf(frame).some((sample) => Math.abs(sample) > ROOM));
  return [
    ...spoken.map((pcm, i) => ({ pcm, isLastWord: i === lastWord })),
    ...Array.from({ length: QUIET_AFTER_MS / FRAME_MS }, () => quiet),
  ];
}
