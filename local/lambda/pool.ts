import { availableParallelism } from 'node:os';
import { AwsError, type CloudContext, type FunctionResult } from '../core/service.ts';
import { ExecutionEnvironment } from './environment.ts';
import type { FunctionConfig } from './function-config.ts';
import { FunctionQueue } from './function-queue.ts';

export interface PoolLimits {
  /** Processes at work at the same time; further events wait their turn. */
  readonly busy: number;
  /** The same for functions of more than five minutes: owners of calls, which mostly wait, take nobody's turn. */
  readonly long: number;
  /** Processes starting at the same time; an event beyond them takes what comes first, a process set free or a start. */
  readonly starting: number;
  /**
   * How long an event waits for a process of its function that is at work and usually quick, in milliseconds, before
   * another one is started. Lambda would start one at once; here a start costs a core more than the wait.
   */
  readonly patienceMs: number;
  /**
   * Processes of a quick function at work at the same time, before an event has waited so long: fewer and warmer ones
   * than Lambda would use are done earlier on a few cores.
   */
  readonly quick: number;
  /** Processes kept warm, over all functions. */
  readonly idle: number;
  /** How long a process is kept warm, in milliseconds. */
  readonly idleMs: number;
}

/** A small machine's share: many functions take part in one run, few of them at the same moment. */
export const DEFAULT_LIMITS: PoolLimits = {
  busy: 32,
  long: 96,
  // A start keeps a core busy: more at once would only make each of them slower.
  starting: availableParallelism(),
  patienceMs: 50,
  quick: availableParallelism() + 1,
  idle: 12,
  idleMs: 120_000,
};

/** Processes over the limit are kept this long, so that the next burst finds them. */
const BURST_MS = 5000;
const REAP_EVERY_MS = 1000;

type Context = Pick<CloudContext, 'region' | 'endpointUrl' | 'credentialsOfRole' | 'clock'> & {
  readonly logDir: string;
  readonly peers?: (() => Readonly<Record<string, string>>) | undefined;
};

const closedError = () => new AwsError('ServiceException', 'The embedded Lambda is closed.', 500);

/** Execution environments of all functions: started when needed, reused warm (the latest first), reaped when idle. */
export class EnvironmentPool {
  readonly #context: Context;
  readonly #limits: PoolLimits;
  readonly #queues = new Map<FunctionConfig, FunctionQueue>();
  readonly #reaper: NodeJS.Timeout;
  #closed = false;

  constructor(context: Context, limits: PoolLimits = DEFAULT_LIMITS) {
    this.#context = context;
    this.#limits = limits;
    this.#reaper = setInterval(() => this.#reap(), REAP_EVERY_MS);
    this.#reaper.unref();
  }

  /** Runs one event in a warm environment of the function, or a new one. Throws `TooManyRequestsException`. */
  async invoke(config: FunctionConfig, event: string): Promise<FunctionResult> {
    const queue = this.#queueOf(config);
    this.#checkConcurrency(queue);
    const environment = await this.#obtain(queue);
    const startedAt = performance.now();
    try {
      return await environment.invoke(event, this.#context.clock.now());
    } finally {
      queue.took(performance.now() - startedAt);
      queue.busy.delete(environment);
      if (environment.alive && !this.#closed) queue.idle.push(environment);
      // Its own function first; then whoever waits for the turn that became free.
      this.#serve(queue);
      this.#serveAll();
    }
  }

  #queueOf(config: FunctionConfig): FunctionQueue {
    const queue = this.#queues.get(config) ?? new FunctionQueue(config);
    this.#queues.set(config, queue);
    return queue;
  }

  #checkConcurrency({ config: { reservedConcurrency }, busy, waiters }: FunctionQueue): void {
    if (reservedConcurrency === undefined || busy.size + waiters.length < reservedConcurrency) return;
    const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason });
  }

  #obtain(queue: FunctionQueue): Promise<ExecutionEnvironment> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((take, refuse) => {
      queue.waiters.push({ take, refuse, sinceMs: performance.now() });
      this.#serve(queue);
    });
  }

  /** Processes that may still go to work beside those of the same kind (long or not). */
  #room({ isLong }: FunctionQueue): number {
    const alike = [...this.#queues.values()].filter((other) => other.isLong === isLong);
    const busy = alike.reduce((sum, other) => sum + other.busy.size, 0);
    return (isLong ? this.#limits.long : this.#limits.busy) - busy;
  }

  #serveAll(): void {
    const waiting = [...this.#queues.values()].filter(({ waiters }) => waiters.length > 0);
    for (const queue of waiting.sort((a, b) => Number(a.isLong) - Number(b.isLong))) this.#serve(queue);
  }

  /** Gives warm environments to the events that wait, and starts more when that is worth it. */
  #serve(queue: FunctionQueue): void {
    if (queue.waiters.length === 0 || this.#closed) return;
    const { patienceMs, quick } = this.#limits;
    const nowMs = performance.now();
    for (let room = this.#room(queue); room > 0 && queue.impatient(quick, patienceMs, nowMs) > 0; room -= 1) {
      const environment = queue.takeIdle();
      if (!environment) break;
      this.#give(queue, environment);
    }
    this.#startFor(queue);
  }

  #give(queue: FunctionQueue, environment: ExecutionEnvironment): void {
    const waiter = queue.waiters.shift();
    if (!waiter) return;
    queue.busy.add(environment);
    waiter.take(environment);
  }

  #startFor(queue: FunctionQueue): void {
    const { patienceMs, starting } = this.#limits;
    const wanted = Math.min(queue.impatient(1, patienceMs, performance.now()), this.#room(queue)) - queue.starts;
    const under = [...this.#queues.values()].reduce((sum, { starts }) => sum + starts, 0);
    for (let count = Math.min(wanted, starting - under); count > 0; count -= 1) void this.#start(queue);
    const [patient] = queue.waiters;
    if (!patient || queue.timer) return;
    queue.timer = setTimeout(() => {
      queue.timer = undefined;
      this.#serve(queue);
    }, patienceMs);
    queue.timer.unref();
  }

  async #start(queue: FunctionQueue): Promise<void> {
    const { config, starting } = queue;
    queue.starts += 1;
    try {
      const { credentialsOfRole, region, endpointUrl, logDir, peers } = this.#context;
      const credentials = await credentialsOfRole(config.roleArn, config.name);
      if (this.#closed) throw closedError();
      const where = { region, endpointUrl: endpointUrl(), logDir, peers: peers?.() ?? {} };
      const environment = new ExecutionEnvironment({ config, credentials, ...where });
      starting.add(environment);
      const failure = await environment.started;
      starting.delete(environment);
      // One that did not start tells the event that waits for it why.
      if (failure && queue.waiters.length > 0) this.#give(queue, environment);
      else if (failure || this.#closed) environment.kill();
      // The events it was started for have gone elsewhere: it comes after those that were used.
      else queue.idle.unshift(environment);
    } catch (error) {
      queue.waiters.shift()?.refuse(error instanceof Error ? error : new Error(String(error)));
    } finally {
      queue.starts -= 1;
      this.#serveAll();
    }
  }

  #reap(): void {
    const nowMs = Date.now();
    for (const { idle } of this.#queues.values()) {
      while (idle[0] && (idle[0].idleSinceMs < nowMs - this.#limits.idleMs || !idle[0].alive)) idle.shift()?.kill();
    }
    const warm = [...this.#queues.values()].reduce((sum, { idle }) => sum + idle.length, 0);
    for (let excess = warm - this.#limits.idle; excess > 0; excess -= 1) this.#dropOne(nowMs - BURST_MS);
  }

  /** The oldest of a function that has another one idle, so that after a burst of one function the others are still warm. */
  #dropOne(beforeMs: number): void {
    const oldest = [...this.#queues.values()]
      .filter(({ idle }) => idle[0] && idle[0].idleSinceMs < beforeMs)
      .sort((a, b) => (a.idle[0]?.idleSinceMs ?? 0) - (b.idle[0]?.idleSinceMs ?? 0));
    const spare = oldest.find(({ idle }) => idle.length > 1) ?? oldest[0];
    spare?.idle.shift()?.kill();
  }

  /** Kills the process that holds the access key, if one does. */
  crash(accessKeyId: string): void {
    for (const queue of this.#queues.values()) {
      for (const environment of queue.environments) if (environment.accessKeyId === accessKeyId) environment.kill();
    }
  }

  /** Events (JSON text) that the function works on now, with the way to kill their process. */
  running(functionName: string): readonly { readonly event: string; readonly kill: () => void }[] {
    return [...this.#queues.values()]
      .filter(({ config }) => config.name === functionName)
      .flatMap(({ busy }) => [...busy])
      .map((environment) => ({ event: environment.event, kill: () => environment.kill() }));
  }

  /** Kills every process at once; invocations under way end as crashes, those that wait as refused. */
  kill(): void {
    this.#closed = true;
    clearInterval(this.#reaper);
    for (const queue of this.#queues.values()) {
      clearTimeout(queue.timer);
      for (const environment of queue.environments) environment.kill();
      for (const waiter of queue.waiters.splice(0)) waiter.refuse(closedError());
    }
  }
}
