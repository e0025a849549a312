import type { CallRecord } from './call-types.ts';
import type { StoryLine } from './story.ts';

/** One file of a recording: what one session owner heard and said. */
export interface RecordedPart {
  readonly url: string;
  /** Milliseconds from the call's beginning at which the file begins. */
  readonly fromMs: number;
}

/** `…/{callId}.wav` is the first owner's, `…/{callId}.3.wav` the third's. */
const EPOCH = /\.(\d+)\.wav$/;

/** The recording's files with where they begin: the first at the answer, each later one where its owner came. */
export const recordedParts = (
  call: Pick<CallRecord, 'recordingUrls' | 'handOverList' | 'createdAtMs' | 'answeredAtMs'>,
): readonly RecordedPart[] =>
  call.recordingUrls.map((url) => {
    const epoch = Number(EPOCH.exec(new URL(url).pathname)?.[1] ?? 1);
    const came = call.handOverList.find((owner) => owner.epoch === epoch)?.atMs;
    return { url, fromMs: came ?? Math.max(0, (call.answeredAtMs ?? call.createdAtMs) - call.createdAtMs) };
  });

/** Where in which file a moment of the call is heard; undefined without a recording. */
export function placeOf(
  parts: readonly RecordedPart[],
  atMs: number,
): { readonly part: number; readonly seconds: number } | undefined {
  if (parts.length === 0) return undefined;
  const part = Math.max(
    0,
    parts.findLastIndex(({ fromMs }) => fromMs <= atMs),
  );
  return { part, seconds: Math.max(0, atMs - (parts[part]?.fromMs ?? 0)) / 1000 };
}

/** Shorter ones could not be read: a word takes a third of a second. */
const SHORTEST_CUE_MS = 350;

/** What is said in a part of the recording, as WebVTT: who hears nothing follows it while it plays. */
export function captionsOf(lines: readonly StoryLine[], { fromMs: begin }: RecordedPart): string {
  const cues = lines
    .filter(({ kind, toMs }) => kind === 'speech' && toMs >= begin)
    .map(({ lane, fromMs, toMs, text }) => {
      const from = Math.max(0, fromMs - begin);
      const to = Math.max(from + SHORTEST_CUE_MS, toMs - begin);
      return `${cueTime(from)} --> ${cueTime(to)}\n<v ${lane}>${cueText(text)}`;
    });
  return ['WEBVTT', ...cues].join('\n\n');
}

/** `00:01:02.345` */
const cueTime = (ms: number): string => {
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map(Math.floor);
  const two = (value = 0): string => String(value).padStart(2, '0');
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
};

/** An empty line would end the cue. */
const cueText = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\s*\n\s*/g, ' ');
