/** Items waiting for their one reader, with an end. */
export interface AsyncQueue<Item> {
  /** After the end, items are lost. */
  readonly push: (item: Item) => void;
  /** The reader gets what waits, then the end, or the error. Only the first call counts. */
  readonly end: (error?: Error) => void;
  readonly items: AsyncIterable<Item>;
}

/** A queue that ends with `overflow()` when `limit` items wait: a reader that does not read must not fill the memory. */
export function asyncQueue<Item>(limit: number, overflow: () => Error): AsyncQueue<Item> {
  const waiting: Item[] = [];
  let ended: { readonly error: Error | undefined } | undefined;
  let wake = (): void => {};
  const end = (error?: Error): void => {
    ended ??= { error };
    wake();
  };
  async function* items(): AsyncGenerator<Item> {
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
  }
  return {
    push: (item) => {
      if (ended) return;
      if (waiting.length >= limit) return end(overflow());
      waiting.push(item);
      wake();
    },
    end,
    items: items(),
  };
}
