/** Events for one reader: pushed at any time, read in order, ended once. */
export interface EventQueue<T> extends AsyncIterable<T> {
  readonly push: (event: T) => void;
  /** Nothing is taken any more; what is queued is still read. */
  readonly end: () => void;
  /** Ends by an error, which the reader gets after what is queued. */
  readonly fail: (error: Error) => void;
}

/**
 * `supersedes(newer, queued)` says that a queued event is not worth reading any more once the newer one is there; that
 * is what bounds the queue of a slow reader.
 */
export function eventQueue<T>(supersedes: (newer: T, queued: T) => boolean = () => false): EventQueue<T> {
  const queued: T[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  const notify = (): void => {
    wake?.();
    wake = undefined;
  };

  return {
    push(event) {
      if (ended) return;
      const last = queued.at(-1);
      if (last !== undefined && supersedes(event, last)) queued.pop();
      queued.push(event);
      notify();
    },
    end() {
      ended = true;
      notify();
    },
    fail(error) {
      if (ended) return;
      failure = error;
      ended = true;
      notify();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const event = queued.shift();
        if (event !== undefined) yield event;
        else if (failure) throw failure;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
