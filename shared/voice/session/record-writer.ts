import type { CallEntry } from '../../calls/call.ts';
import { type CallKeeper, type Checkpoint, FencedError } from '../keeper/call-keeper.ts';
import type { SessionClock } from './clock.ts';
import type { Fence } from './fence.ts';

/** Entries that may wait for a store that does not answer; beyond it the call cannot be kept and is ended. */
const MAX_PENDING = 500;
const RETRY_MS = [200, 500, 1000, 2000, 5000];

interface Write {
  readonly entries: readonly CallEntry[];
  readonly checkpoint: Checkpoint;
  readonly spentMicroUsd: number;
}

export interface RecordWriter {
  /** `onStored`: called once the entries, and all that were written before, are stored; never, when they are not. */
  readonly write: (write: Write & { readonly onStored?: () => void }) => void;
  /**
   * Does this when all that was written so far is stored, and stores nothing meanwhile. `newest` is the checkpoint that
   * was written last, as `write` was told it.
   */
  readonly alone: (work: (newest: Checkpoint | undefined) => Promise<void>) => Promise<void>;
  /** The checkpoint that was written last. */
  readonly newest: () => Checkpoint | undefined;
  /** Writes no more; resolves, when the write under way is over, with what is not stored. */
  readonly stop: () => Promise<readonly CallEntry[]>;
}

export interface WriterEvents {
  readonly onStored: (stored: { readonly tenantSpentMicroUsd: number; readonly spentMicroUsd: number }) => void;
  readonly onFenced: () => void;
  readonly onOverflow: () => void;
  readonly onError: (error: unknown) => void;
}

/** Stores what happened in order, one write at a time; what comes meanwhile goes with the next. */
export function createRecordWriter(
  deps: { readonly keeper: Pick<CallKeeper, 'record'>; readonly clock: SessionClock; readonly fence: Fence },
  events: WriterEvents,
): RecordWriter {
  let entries: readonly CallEntry[] = [];
  let waiting: readonly (() => void)[] = [];
  let latest: Omit<Write, 'entries'> | undefined;
  let newest: Checkpoint | undefined;
  let running: Promise<void> | undefined;
  const stopping = new AbortController();

  const storeOnce = async (): Promise<boolean> => {
    const batch = entries;
    const told = waiting;
    const write = latest;
    if (!write || !deps.fence.mayAct()) return false;
    latest = undefined;
    try {
      const { tenantSpentMicroUsd } = await deps.keeper.record({ entries: batch, ...write });
      entries = entries.slice(batch.length);
      waiting = waiting.slice(told.length);
      for (const tell of told) tell();
      events.onStored({ tenantSpentMicroUsd, spentMicroUsd: write.spentMicroUsd });
      return true;
    } catch (error) {
      latest ??= write;
      if (error instanceof FencedError) stopping.abort();
      if (error instanceof FencedError) events.onFenced();
      else events.onError(error);
      return false;
    }
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (latest && !stopping.signal.aborted) {
      if (await storeOnce()) failures = 0;
      else await pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 0);
    }
  };

  const begin = (): void => {
    running ??= ended(run());
  };

  const ended = (work: Promise<void>): Promise<void> =>
    work.finally(() => {
      running = undefined;
      if (latest && !stopping.signal.aborted) begin();
    });

  const pause = (ms: number): Promise<void> =>
    stopping.signal.aborted ? Promise.resolve() : deps.clock.sleep(ms, stopping.signal).catch(() => undefined);

  return {
    write({ entries: more, onStored, ...write }) {
      if (stopping.signal.aborted) return;
      entries = [...entries, ...more];
      if (onStored) waiting = [...waiting, onStored];
      latest = write;
      newest = write.checkpoint;
      if (entries.length > MAX_PENDING) return events.onOverflow();
      begin();
    },
    async alone(work) {
      while (running) await running;
      const done = work(newest);
      running = ended(done.catch(() => undefined));
      return done;
    },
    newest: () => newest,
    async stop() {
      stopping.abort();
      await running;
      return entries;
    },
  };
}
