/** Time of a session: wall clock and waiting, so that a test can make an hour pass in a second. */
export interface SessionClock {
  /** Milliseconds since the Unix epoch; never runs backwards within a session. */
  readonly now: () => number;
  /** Rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}
