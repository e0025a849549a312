import type { CallRecord } from './call-types.ts';

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
