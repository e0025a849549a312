import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallStream, failedFill, gapOf, heardEvents, NEW_STREAM, readyStream } from '../../client/call-stream.ts';

type LiveEvent = Parameters<typeof heardEvents>[1][number];

const event = (seq: number | null): LiveEvent => ({
  seq,
  atMs: 0,
  kind: 'warning',
  code: 'budget',
  message: String(seq),
});
const seqs = (events: readonly LiveEvent[]): readonly (number | null)[] => events.map(({ seq }) => seq);

describe('the events of a call', () => {
  it('are told once and in order, however often and in whatever order they come', () => {
    const arrivals = fc
      .integer({ min: 1, max: 20 })
      .chain((count) =>
        fc.tuple(
          fc.constant(count),
          fc.array(fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 6 }), { maxLength: 20 }),
        ),
      );
    fc.assert(
      fc.property(arrivals, ([count, batches]) => {
        let stream: CallStream = NEW_STREAM;
        const told: (number | null)[] = [];
        const hear = (events: readonly LiveEvent[]): void => {
          const next = heardEvents(stream, events);
          stream = next.stream;
          told.push(...seqs(next.events));
        };
        for (const batch of batches) hear(batch.map(event));
        // In the end all of it came, as after a hole was filled.
        hear(Array.from({ length: count }, (_, seq) => event(seq)));
        expect({ told, held: stream.held }).toEqual({ told: Array.from({ length: count }, (_, seq) => seq), held: [] });
      }),
    );
  });

  it('that pass are told at once, beside a hole, too', () => {
    const { events, stream } = heardEvents(NEW_STREAM, [event(2), event(null)]);
    expect({ told: seqs(events), held: seqs(stream.held), last: stream.last }).toEqual({
      told: [null],
      held: [2],
      last: -1,
    });
  });

  it('that are missing are asked for when the state has come, and once', () => {
    const { stream } = heardEvents(NEW_STREAM, [event(0), event(3)]);
    const ready = readyStream(stream);
    expect([gapOf(stream), gapOf(ready), gapOf({ ...ready, isFilling: true })]).toEqual([undefined, 0, undefined]);
  });

  it('that cannot be had leave a hole rather than silence', () => {
    const { stream } = heardEvents(NEW_STREAM, [event(0), event(3), event(4)]);
    const after = failedFill(stream);
    expect({ told: seqs(after.events), last: after.stream.last }).toEqual({ told: [3, 4], last: 4 });
  });
});
