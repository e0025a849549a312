/** What an engine says, waiting for its one reader. */
export interface EventQueue<Item> {
  /** False once the queue has ended: the item is lost, as nobody may see anything after the end. */
  readonly push: (item: Item) => boolean;
  /** The reader gets what is queued first, then the end, or the error. Only the first call counts. */
  readonly end: (error?: Error) => void;
  readonly items: AsyncIterable<Item>;
}

interface Ended {
  readonly error: Error | undefined;
}

/**
 * A queue with a bound and an end. `overflow` makes the error that ends it when `limit` items wait unread: events must
 * not be dropped (each matters), so a reader that does not read loses the stream instead of the process its memory.
 */
export const createEventQueue = <Item>(limit: number, overflow: () => Error): EventQueue<Item> => {
  const waiting: Item[] = [];
  let ended: Ended | undefined;
  let wake: (() => void) | undefined;
  const end = (error?: Error): void => {
    ended ??= { error };
    wake?.();
  };
  return {
    push: (item) => {
      if (ended) return false;
      if (waiting.length >= limit) {
        end(overflow());
        return false;
      }
      waiting.push(item);
      wake?.();
      return true;
    },
    end,
    items: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const item = waiting.shift();
          if (item !== undefined) yield item;
          else if (ended?.error) throw ended.error;
          else if (ended) return;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      },
    },
  };
};
