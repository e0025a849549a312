import type { Item, Result } from '@aws-sdk/client-transcribe-streaming';

export type Stability = 'low' | 'medium' | 'high';

/** One stretch of speech, as far as it is known; times in milliseconds of the stream. */
export interface Heard {
  readonly resultId: string;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isPartial: boolean;
  /** Marks the items that will not change, when stabilization was asked for. */
  readonly stability?: Stability | undefined;
}

/** How many last words of a partial result may still change, by the stability asked for: ours. */
const UNSTABLE_WORDS: Readonly<Record<Stability, number>> = { low: 3, medium: 2, high: 1 };

const seconds = (ms: number): number => Math.round(ms) / 1000;

/** A result of the stream, its words spread evenly over its time: the ear knows no better. */
export function resultOf(heard: Heard): Result {
  const { resultId, text, startMs, endMs, isPartial } = heard;
  return {
    ResultId: resultId,
    StartTime: seconds(startMs),
    EndTime: seconds(endMs),
    IsPartial: isPartial,
    Alternatives: [{ Transcript: text, Items: itemsOf(heard) }],
    ChannelId: 'ch_0',
  };
}

function itemsOf({ text, startMs, endMs, isPartial, stability }: Heard): Item[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const wordMs = (endMs - startMs) / Math.max(1, words.length);
  return words.flatMap((word, index): Item[] => {
    const [StartTime, EndTime] = [seconds(startMs + index * wordMs), seconds(startMs + (index + 1) * wordMs)];
    const isStable = !isPartial || index < words.length - UNSTABLE_WORDS[stability ?? 'high'];
    const stable = stability === undefined ? {} : { Stable: isStable };
    const [, bare = word, mark = ''] = /^(.+?)([.,!?;:]?)$/.exec(word) ?? [];
    const pronounced: Item = { StartTime, EndTime, Type: 'pronunciation', Content: bare, ...stable };
    return mark === ''
      ? [pronounced]
      : [pronounced, { StartTime: EndTime, EndTime, Type: 'punctuation', Content: mark, ...stable }];
  });
}
