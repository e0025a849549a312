import type { Call, CallEntry } from '../calls/call.ts';
import type { Counted } from './statistics-store.ts';
import { histogramOf, tallyOf } from './tally.ts';

/** What is counted of a call while it goes on: kept with its session, and added to the statistics when it ends. */
export interface CallTally {
  readonly answers: number;
  readonly interruptions: number;
  readonly handOffs: number;
  readonly toolCalls: number;
  readonly toolErrors: number;
  /** Histogram of answers' latencies. */
  readonly latency: readonly number[];
}

export const EMPTY_CALL_TALLY: CallTally = {
  answers: 0,
  interruptions: 0,
  handOffs: 0,
  toolCalls: 0,
  toolErrors: 0,
  latency: histogramOf([]),
};

/** With what these entries say. The greeting, turn 0, answers nobody. Pure. */
export const withEntries = (tally: CallTally, entries: readonly CallEntry[]): CallTally => {
  const count = (holds: (entry: CallEntry) => boolean): number => entries.filter(holds).length;
  const latencies = entries.flatMap((entry) =>
    isAnswer(entry) && entry.answerLatencyMs !== undefined ? [entry.answerLatencyMs] : [],
  );
  const added = histogramOf(latencies);
  return {
    answers: tally.answers + count(isAnswer),
    interruptions: tally.interruptions + count(({ kind }) => kind === 'interruption'),
    // A call whose caller came back and asked for a person again is still one that was handed off.
    handOffs: Math.min(1, tally.handOffs + count(({ kind }) => kind === 'handoff')),
    toolCalls: tally.toolCalls + count(({ kind }) => kind === 'tool'),
    toolErrors:
      tally.toolErrors +
      count((entry) => entry.kind === 'tool' && (entry.status === 'error' || entry.status === 'timeout')),
    latency: added.map((number, bucket) => number + (tally.latency[bucket] ?? 0)),
  };
};

const isAnswer = (entry: CallEntry): entry is Extract<CallEntry, { readonly kind: 'turn' }> =>
  entry.kind === 'turn' && entry.role === 'assistant' && entry.turnNumber > 0;

/** What an ended call adds to the statistics of its tenant and agent, at the time it began. Pure. */
export const countedCall = (call: Call, { latency, ...counts }: CallTally = EMPTY_CALL_TALLY): Counted => {
  const { userId, agentId, channel, status, createdAtMs, answeredAtMs, endedAtMs } = call;
  const durationMs = answeredAtMs === undefined || endedAtMs === undefined ? 0 : Math.max(0, endedAtMs - answeredAtMs);
  const costMicroUsd = Object.values(call.cost).reduce((sum, part) => sum + part, 0);
  const { answers } = counts;
  const counters = { ...counts, calls: 1, failedCalls: status === 'failed' ? 1 : 0, durationMs, costMicroUsd };
  const channels = { [channel]: { calls: 1, durationMs, answers, costMicroUsd } };
  return { userId, agentId, atMs: createdAtMs, tally: tallyOf(counters, channels, latency) };
};
