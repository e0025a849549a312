import type { ExecutionEnvironment } from './environment.ts';
import type { FunctionConfig } from './function-config.ts';

/** Functions that may take longer than this own something for its time (a call); they are counted apart. */
const LONG_TIMEOUT_SECONDS = 300;
/** Weight of the latest duration in the usual one. */
const RECENT = 0.2;

/** An event that waits for an environment. */
export interface Waiter {
  readonly take: (environment: ExecutionEnvironment) => void;
  readonly refuse: (error: Error) => void;
  /** By `performance.now()`. */
  readonly sinceMs: number;
}

/** What one function has: environments warm, at work and starting, and events that wait for one. */
export class FunctionQueue {
  readonly config: FunctionConfig;
  /** The one used last is the last: it is used again first. */
  readonly idle: ExecutionEnvironment[] = [];
  readonly busy = new Set<ExecutionEnvironment>();
  readonly starting = new Set<ExecutionEnvironment>();
  readonly waiters: Waiter[] = [];
  /** Starts under way, those without a process yet among them. */
  starts = 0;
  timer: NodeJS.Timeout | undefined;
  #usualMs: number | undefined;

  constructor(config: FunctionConfig) {
    this.config = config;
  }

  get isLong(): boolean {
    return this.config.timeoutSeconds > LONG_TIMEOUT_SECONDS;
  }

  get environments(): readonly ExecutionEnvironment[] {
    return [...this.idle, ...this.busy, ...this.starting];
  }

  took(durationMs: number): void {
    this.#usualMs = (this.#usualMs ?? durationMs) * (1 - RECENT) + durationMs * RECENT;
  }

  /** The environment used last, and no longer idle; undefined when there is none. */
  takeIdle(): ExecutionEnvironment | undefined {
    for (let next = this.idle.pop(); next; next = this.idle.pop()) if (next.alive) return next;
    return undefined;
  }

  /**
   * How many waiting events want more than `enough` processes at work: all of them, unless the function is usually done
   * within `patienceMs`; then those that have waited that long.
   */
  impatient(enough: number, patienceMs: number, nowMs: number): number {
    const isQuick = this.#usualMs !== undefined && this.#usualMs < patienceMs;
    if (!isQuick || this.busy.size < enough) return this.waiters.length;
    return this.waiters.filter(({ sinceMs }) => nowMs - sinceMs >= patienceMs).length;
  }
}
