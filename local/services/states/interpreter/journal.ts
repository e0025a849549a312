import type { Json, JsonObject } from '../../../core/service.ts';

/** Where one frame of an execution (the root, a branch, an iteration) stands: enough to go on after a crash. */
export interface Checkpoint {
  readonly state: string;
  /** States this frame has entered, this one included: makes the names of its children unique. */
  readonly visit: number;
  readonly input: Json;
  /** The frame's own variables; what outer frames assigned is read from them. */
  readonly variables: JsonObject;
  readonly enteredAtMs: number;
  /** Attempts used, by index of retrier. */
  readonly retries: readonly number[];
  /** The next attempt may not start before this. */
  readonly retryAtMs?: number;
  /** A Wait state ends then. */
  readonly wakeAtMs?: number;
  /** What the children of this attempt were given: Arguments of a Parallel, Items of a Map. */
  readonly arguments?: Json;
  /** The last history event of this frame. */
  readonly lastEventId: number;
  /** The frame is done with this output. */
  readonly finished?: { readonly output: Json };
}

/** Keeps the checkpoints of one execution by frame path (`root`, `root/3.0/1`, …). Writes must be durable when they return. */
export interface Journal {
  readonly load: (path: string) => Checkpoint | undefined;
  readonly save: (path: string, checkpoint: Checkpoint) => void;
  /** Drops every frame below the path, not the frame itself. */
  readonly dropChildren: (path: string) => void;
}

/** A journal in memory: for tests, and for what need not survive. Values are copied, as a durable one would. */
export const memoryJournal = (): Journal => {
  const checkpoints = new Map<string, Checkpoint>();
  return {
    load: (path) => structuredClone(checkpoints.get(path)),
    save: (path, checkpoint) => {
      checkpoints.set(path, structuredClone(checkpoint));
    },
    dropChildren: (path) => {
      for (const key of checkpoints.keys()) if (key.startsWith(`${path}/`)) checkpoints.delete(key);
    },
  };
};
