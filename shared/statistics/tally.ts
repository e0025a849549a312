/** What is counted, whole numbers all of them. */
export const COUNTERS = [
  'calls',
  'failedCalls',
  'durationMs',
  'answers',
  'interruptions',
  'handOffs',
  'toolCalls',
  'toolErrors',
  'costMicroUsd',
] as const;
export type Counter = (typeof COUNTERS)[number];

/** What is counted by channel, too. */
export const CHANNEL_COUNTERS = ['calls', 'durationMs', 'answers', 'costMicroUsd'] as const;
export type ChannelCounter = (typeof CHANNEL_COUNTERS)[number];

/** What happened in some span of time. */
export interface Tally {
  readonly counters: Readonly<Record<Counter, number>>;
  /** Answers by how long they took: index into `LATENCY_BOUNDS_MS`, one more for the slower ones. */
  readonly latency: readonly number[];
  readonly channels: Readonly<Record<string, Readonly<Record<ChannelCounter, number>>>>;
}

/**
 * Upper bounds of the latency histogram's buckets, in milliseconds: fine around a second, where an answer begins to feel
 * slow. A histogram adds up where a percentile does not.
 */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1400, 1600, 2000, 2500, 3000, 4000, 5000, 7500, 10_000,
];

export const NO_CHANNEL_COUNTERS: Readonly<Record<ChannelCounter, number>> = {
  calls: 0,
  durationMs: 0,
  answers: 0,
  costMicroUsd: 0,
};

const NO_COUNTERS = Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>;

/** Nothing happened. */
export const EMPTY_TALLY: Tally = {
  counters: NO_COUNTERS,
  latency: Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0),
  channels: {},
};

/** A tally of some counters; the others are 0. */
export const tallyOf = (
  counters: Partial<Record<Counter, number>>,
  channels: Tally['channels'] = {},
  latency: Tally['latency'] = EMPTY_TALLY.latency,
): Tally => ({ counters: { ...NO_COUNTERS, ...counters }, latency, channels });

/** Both together. Pure. */
export const addTallies = (one: Tally, other: Tally): Tally => ({
  counters: sums(COUNTERS, one.counters, other.counters),
  latency: EMPTY_TALLY.latency.map((_, index) => (one.latency[index] ?? 0) + (other.latency[index] ?? 0)),
  channels: Object.fromEntries(
    [...new Set([...Object.keys(one.channels), ...Object.keys(other.channels)])]
      .sort()
      .map((channel) => [channel, sums(CHANNEL_COUNTERS, one.channels[channel], other.channels[channel])]),
  ),
});

type Counts<Name extends string> = Readonly<Partial<Record<Name, number>>> | undefined;

const sums = <Name extends string>(names: readonly Name[], one: Counts<Name>, other: Counts<Name>) =>
  Object.fromEntries(names.map((name) => [name, (one?.[name] ?? 0) + (other?.[name] ?? 0)])) as Record<Name, number>;

/** Where an answer of this latency is counted. */
export const latencyBucket = (latencyMs: number): number => {
  const bucket = LATENCY_BOUNDS_MS.findIndex((bound) => latencyMs <= bound);
  return bucket < 0 ? LATENCY_BOUNDS_MS.length : bucket;
};

/** A histogram of these latencies. */
export const histogramOf = (latenciesMs: readonly number[]): readonly number[] => {
  const buckets = [...EMPTY_TALLY.latency];
  for (const latencyMs of latenciesMs) {
    const bucket = latencyBucket(latencyMs);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return buckets;
};

/**
 * The latency that this share of the answers did not exceed, in whole milliseconds, as if answers were spread evenly
 * within their bucket; of those beyond the last bound, that bound. Null without answers.
 */
export const quantileOf = (histogram: readonly number[], share: number): number | null => {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let before = 0;
  for (const [bucket, count] of histogram.entries()) {
    if (before + count >= rank) {
      const lower = LATENCY_BOUNDS_MS[bucket - 1] ?? 0;
      const upper = LATENCY_BOUNDS_MS[bucket] ?? lower;
      return Math.round(lower + ((rank - before) / count) * (upper - lower));
    }
    before += count;
  }
  return LATENCY_BOUNDS_MS.at(-1) ?? null;
};
