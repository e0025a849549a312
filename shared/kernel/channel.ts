/** A bounded queue between one writer side and one reader. */
export interface Channel<Item> {
  /** Never blocks; ignored after the end. */
  readonly push: (item: Item) => void;
  /** What was pushed before is still read. */
  readonly end: () => void;
  /** One reader. */
  readonly items: AsyncIterable<Item>;
  /** Items given up because the reader was too slow. */
  readonly dropped: () => number;
}

export interface ChannelOptions<Item> {
  /** Most items that wait. */
  readonly limit: number;
  /** What may be given up when the limit is reached, the oldest first; everything else is kept beyond the limit. */
  readonly drop: (item: Item) => boolean;
}

/** Makes an empty channel. */
export function createChannel<Item>({ limit, drop }: ChannelOptions<Item>): Channel<Item> {
  const waiting: Item[] = [];
  let wake: (() => void) | undefined;
  let ended = false;
  let dropped = 0;

  const makeRoom = (): void => {
    if (waiting.length < limit) return;
    const oldest = waiting.findIndex(drop);
    if (oldest < 0) return;
    waiting.splice(oldest, 1);
    dropped += 1;
  };
  async function* items(): AsyncGenerator<Item> {
    for (;;) {
      const item = waiting.shift();
      if (item !== undefined) yield item;
      else if (ended) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return {
    push(item) {
      if (ended) return;
      makeRoom();
      waiting.push(item);
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    items: items(),
    dropped: () => dropped,
  };
}
