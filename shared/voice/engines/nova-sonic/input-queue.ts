/** Events that belong together: what is begun of a batch is sent to its end, so that no container is ever left half written. */
export interface InputBatch<Event> {
  readonly lane: 'audio' | 'control';
  readonly events: readonly Event[];
}

export interface InputQueue<Event> {
  /** Never blocks. A full queue drops its oldest audio; control is never dropped. After `finish` and `stop` nothing is taken. */
  readonly push: (batch: InputBatch<Event>) => void;
  /** Drops every batch that has not begun, sends these events and ends. */
  readonly finish: (last: readonly Event[]) => void;
  /** Ends at once. */
  readonly stop: () => void;
  /** Batches of audio that were dropped because the reader was too slow. */
  readonly droppedAudio: () => number;
  /** Resolves when the reader has taken the first batch whole: the stream takes input. */
  readonly firstTaken: Promise<void>;
  /** One reader. */
  readonly events: AsyncIterable<Event>;
}

/** A queue between a caller who never waits and a stream that takes what it can; `maxAudio` batches of audio at most. */
export const createInputQueue = <Event>(maxAudio: number): InputQueue<Event> => {
  const waiting: InputBatch<Event>[] = [];
  let audio = 0;
  let dropped = 0;
  let open = true;
  let stopped = false;
  let wake: (() => void) | undefined;
  const first = Promise.withResolvers<void>();

  const dropOldestAudio = (): void => {
    const index = waiting.findIndex(({ lane }) => lane === 'audio');
    waiting.splice(index, 1);
    audio -= 1;
    dropped += 1;
  };
  const nextBatch = async (): Promise<InputBatch<Event> | undefined> => {
    while (waiting.length === 0 && open) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const batch = waiting.shift();
    if (batch?.lane === 'audio') audio -= 1;
    return batch;
  };
  async function* read(): AsyncGenerator<Event, void> {
    for (let batch = await nextBatch(); batch && !stopped; batch = await nextBatch()) {
      for (const event of batch.events) {
        yield event;
        if (stopped) return;
      }
      first.resolve();
    }
  }
  return {
    push: (batch) => {
      if (!open || batch.events.length === 0) return;
      waiting.push(batch);
      if (batch.lane === 'audio') audio += 1;
      if (audio > maxAudio) dropOldestAudio();
      wake?.();
    },
    finish: (last) => {
      if (!open) return;
      open = false;
      waiting.splice(0, waiting.length, { lane: 'control', events: last });
      wake?.();
    },
    stop: () => {
      open = false;
      stopped = true;
      waiting.length = 0;
      wake?.();
    },
    droppedAudio: () => dropped,
    firstTaken: first.promise,
    events: { [Symbol.asyncIterator]: read },
  };
};
