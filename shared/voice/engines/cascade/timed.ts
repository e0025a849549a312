import type { SessionClock } from '../../session/clock.ts';
import { EngineError } from '../speech-engine.ts';

/** The items of a source that may not be silent for longer than `limitMs`: then it throws `EngineError` `timed-out` and the source is let go. */
export async function* timed<Item>(
  source: AsyncIterable<Item>,
  limitMs: number,
  clock: Pick<SessionClock, 'sleep'>,
  who: string,
): AsyncGenerator<Item, void> {
  const items = source[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const timer = new AbortController();
      const late = clock.sleep(limitMs, timer.signal).then(
        () => 'late' as const,
        () => 'late' as const,
      );
      const next = await Promise.race([items.next(), late]).finally(() => timer.abort());
      if (next === 'late') throw new EngineError('timed-out', `${who} said nothing for ${limitMs / 1000} s.`);
      if (next.done) {
        finished = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs would hang its reader.
    if (!finished) void Promise.resolve(items.return?.()).catch(() => undefined);
  }
}
