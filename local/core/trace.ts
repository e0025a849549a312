/** One AWS call as the gateway saw it; never a body. */
export interface TraceEntry {
  readonly service: string;
  readonly operation: string;
  /** ARN of the caller. */
  readonly principal: string;
  readonly roleName?: string | undefined;
  /** Epoch milliseconds at the cloud's clock. */
  readonly startedAtMs: number;
  /** From the whole request to the end of the answer, in milliseconds of the machine. */
  readonly durationMs: number;
  /** Of the body; absent for invocations within the cloud. */
  readonly requestBytes?: number;
  readonly status: number;
  readonly error?: string | undefined;
  readonly fault?: string | undefined;
}

export interface Trace {
  readonly record: (entry: TraceEntry) => void;
  readonly entries: () => readonly TraceEntry[];
  readonly clear: () => void;
}

const LIMIT = 50_000;

/** Keeps the latest calls: at most 50,000, so that a long run does not grow without end. */
export function makeTrace(): Trace {
  let entries: TraceEntry[] = [];
  return {
    record: (entry) => {
      entries.push(entry);
      if (entries.length > LIMIT) entries = entries.slice(LIMIT / 2);
    },
    entries: () => entries,
    clear: () => {
      entries = [];
    },
  };
}
