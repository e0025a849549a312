import type { ExecutionEnvironment } from './environment.ts';
import type { FunctionConfig } from './function-config.ts';

/** Functions that may take longer than this own something for its time (a call); they are counted apart. */
const LONG_TIMEOUT_SECONDS = 300;
/** How fast the shortest duration seen is forgotten, a run. */
const FORGETTING = 1.02;
/**
 * A quick function whose events wait although processes are at work gets one process more each so long: on a machine
 * whose cores are the bottleneck, many at once would only make each of them slower.
 */
const GROWTH_MS = 250;

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
  /** Of the runs of late: what the function takes when nothing else slows it down. */
  #shortestMs: number | undefined;
  /** Since when there has always been an event that waited too long. */
  #overdueSinceMs: number | undefined;

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
    this.#shortestMs = Math.min((this.#shortestMs ?? durationMs) * FORGETTING, durationMs);
  }

  /** The environment used last, and no longer idle; undefined when there is none. */
  takeIdle(): ExecutionEnvironment | undefined {
    for (let next = this.idle.pop(); next; next = this.idle.pop()) if (next.alive) return next;
    return undefined;
  }

  /**
   * How many waiting events want more than `enough` processes at work: all of them, unless the function can be done
   * within `patienceMs`; then of those that have waited that long, as many as its slow growth allows.
   */
  impatient(enough: number, patienceMs: number, nowMs: number): number {
    const isQuick = this.#shortestMs !== undefined && this.#shortestMs < patienceMs;
    if (!isQuick || this.busy.size < enough) return this.waiters.length;
    const overdue = this.waiters.filter(({ sinceMs }) => nowMs - sinceMs >= patienceMs).length;
    this.#overdueSinceMs = overdue === 0 ? undefined : (this.#overdueSinceMs ?? nowMs);
    if (this.#overdueSinceMs === undefined) return 0;
    const allowed = enough + 1 + Math.floor((nowMs - this.#overdueSinceMs) / GROWTH_MS);
    return Math.max(0, Math.min(overdue, allowed - this.busy.size));
  }
}
