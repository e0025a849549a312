/** Part of a listing; `last` is where the next part starts after, absent at the end. */
export interface Part<Item, Id> {
  readonly items: readonly Item[];
  readonly last?: Id;
}

interface Filling<Item, Id> {
  /** Items that are asked for, of those that come after this one. */
  readonly read: (after: Id | undefined) => Promise<Part<Item, Id>>;
  readonly idOf: (item: Item) => Id;
  readonly after: Id | undefined;
  readonly limit: number;
}

/** Parts looked through for one page of what a filter leaves. */
const MOST_READS = 5;

/** A page of at most `limit` items: reads on while items that were not asked for fill the parts, some times. */
export const filledPage = async <Item, Id>({ read, idOf, ...from }: Filling<Item, Id>): Promise<Part<Item, Id>> => {
  const found: Item[] = [];
  let after = from.after;
  for (let reads = 1; ; reads += 1) {
    const part = await read(after);
    found.push(...part.items);
    const last = found[from.limit - 1];
    if (last !== undefined && (part.last !== undefined || found.length > from.limit)) {
      return { items: found.slice(0, from.limit), last: idOf(last) };
    }
    if (part.last === undefined) return { items: found };
    if (reads >= MOST_READS) return { items: found, last: part.last };
    after = part.last;
  }
};
