/** An unbounded queue read as an async iterable; for scripted peers only. */
export interface AsyncQueue<Item> {
  readonly push: (item: Item) => void;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
  readonly items: AsyncIterable<Item>;
}

export function asyncQueue<Item>(): AsyncQueue<Item> {
  const waiting: Item[] = [];
  let wake: () => void = () => undefined;
  let isOver = false;
  let failure: Error | undefined;

  async function* read(): AsyncGenerator<Item> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else if (failure) throw failure;
      else if (isOver) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }

  const add = (change: () => void): void => {
    if (isOver || failure) return;
    change();
    wake();
  };

  return {
    push: (item) => add(() => waiting.push(item)),
    end: () =>
      add(() => {
        isOver = true;
      }),
    fail: (error) =>
      add(() => {
        failure = error;
      }),
    items: { [Symbol.asyncIterator]: read },
  };
}
