/** A failure with the name that Retry and Catch match on; `message` is the cause. */
export class StatesError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** How an execution ends from outside: stopped by a caller, out of time, or let go by a process that is closing. */
export class Interruption extends Error {
  readonly status: 'ABORTED' | 'TIMED_OUT' | 'SUSPENDED';
  readonly error: string | undefined;
  constructor(status: Interruption['status'], error?: string, cause?: string) {
    super(cause ?? '');
    this.name = 'Interruption';
    this.status = status;
    this.error = error;
  }
}

/** A sibling branch failed: this one is given up without a word. */
export class Cancelled extends Error {
  constructor() {
    super('a sibling failed');
    this.name = 'Cancelled';
  }
}

/** Neither Retry nor Catch may see these. */
export const isControlFlow = (error: unknown): boolean => error instanceof Interruption || error instanceof Cancelled;

/**
 * Whether a retrier or catcher naming `errorEquals` takes an error of this name.
 * `States.Runtime` is never taken and `States.ALL` leaves `States.DataLimitExceeded` alone
 * (Step Functions developer guide, "Handling errors in Step Functions workflows").
 */
export const takesError = (errorEquals: readonly string[], name: string): boolean => {
  if (name === 'States.Runtime') return false;
  return errorEquals.some((pattern) => {
    if (pattern === name) return true;
    if (pattern === 'States.ALL') return name !== 'States.DataLimitExceeded';
    if (pattern === 'States.Timeout') return name === 'States.HeartbeatTimeout';
    if (pattern === 'States.TaskFailed') return !TIMEOUTS.has(name) && name !== 'States.DataLimitExceeded';
    return false;
  });
};

const TIMEOUTS = new Set(['States.Timeout', 'States.HeartbeatTimeout']);

/** Anything thrown, as a States error: an error's own name is its error name, as for a Lambda's `errorType`. */
export const asStatesError = (thrown: unknown): Error => {
  if (thrown instanceof Error) return thrown;
  return new StatesError('States.Runtime', String(thrown));
};
