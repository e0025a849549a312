import { availableParallelism } from 'node:os';
import { AwsError, type CloudContext, type FunctionResult } from '../core/service.ts';
import { ExecutionEnvironment } from './environment.ts';
import type { FunctionConfig } from './function-config.ts';

export interface PoolLimits {
  /** Processes at work at the same time; further invocations wait their turn. */
  readonly busy: number;
  /** Processes starting at the same time; an event beyond them takes what comes first, a process set free or a start. */
  readonly starting: number;
  /** Processes kept warm, over all functions. */
  readonly idle: number;
  /** How long a process is kept warm, in milliseconds. */
  readonly idleMs: number;
}

/** A small machine's share: many functions take part in one run, few of them at the same moment. */
export const DEFAULT_LIMITS: PoolLimits = {
  busy: 32,
  // A start keeps a core busy: more at once would only make each of them slower.
  starting: availableParallelism(),
  idle: 12,
  idleMs: 120_000,
};

type Context = Pick<CloudContext, 'region' | 'endpointUrl' | 'credentialsOfRole' | 'clock'> & {
  readonly logDir: string;
};

/** An event that no warm process could take. */
interface Waiter {
  readonly config: FunctionConfig;
  readonly take: (environment: ExecutionEnvironment | Promise<ExecutionEnvironment>) => void;
}

/** Execution environments of all functions: started when needed, reused warm, reaped when idle. */
export class EnvironmentPool {
  readonly #context: Context;
  readonly #limits: PoolLimits;
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #busy = new Set<ExecutionEnvironment>();
  readonly #waiting: (() => void)[] = [];
  /** Not empty only while as many processes start as may. */
  readonly #waiters: Waiter[] = [];
  readonly #reaper: NodeJS.Timeout;
  #running = 0;
  #starting = 0;
  #closed = false;

  constructor(context: Context, limits: PoolLimits = DEFAULT_LIMITS) {
    this.#context = context;
    this.#limits = limits;
    this.#reaper = setInterval(() => this.#reap(), Math.max(1000, limits.idleMs / 4));
    this.#reaper.unref();
  }

  /** Runs one event in a warm environment of the function, or a new one. Throws `TooManyRequestsException`. */
  async invoke(config: FunctionConfig, event: string): Promise<FunctionResult> {
    this.#checkConcurrency(config);
    if (this.#running >= this.#limits.busy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      const environment = this.#takeIdle(config) ?? (await this.#obtain(config));
      this.#busy.add(environment);
      const result = await environment.invoke(event, this.#context.clock.now());
      this.#busy.delete(environment);
      if (environment.alive && !this.#closed) this.#release(environment);
      return result;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  #checkConcurrency({ name, reservedConcurrency }: FunctionConfig): void {
    if (reservedConcurrency === undefined) return;
    const busy = [...this.#busy].filter(({ config }) => config.name === name).length;
    if (busy < reservedConcurrency) return;
    const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason });
  }

  #takeIdle(config: FunctionConfig): ExecutionEnvironment | undefined {
    const at = this.#idle.findLastIndex((environment) => environment.config === config && environment.alive);
    return at < 0 ? undefined : this.#idle.splice(at, 1)[0];
  }

  #obtain(config: FunctionConfig): Promise<ExecutionEnvironment> {
    if (this.#starting < this.#limits.starting) return this.#start(config);
    return new Promise((take) => this.#waiters.push({ config, take }));
  }

  async #start(config: FunctionConfig): Promise<ExecutionEnvironment> {
    this.#starting += 1;
    try {
      const { credentialsOfRole, region, endpointUrl, logDir } = this.#context;
      const credentials = await credentialsOfRole(config.roleArn, config.name);
      if (this.#closed) throw new AwsError('ServiceException', 'The embedded Lambda is closed.', 500);
      const environment = new ExecutionEnvironment({ config, credentials, region, endpointUrl: endpointUrl(), logDir });
      void environment.started.then(() => this.#startEnded());
      return environment;
    } catch (error) {
      this.#startEnded();
      throw error;
    }
  }

  #startEnded(): void {
    this.#starting -= 1;
    const next = this.#waiters.shift();
    next?.take(this.#start(next.config));
  }

  /** To the first event that waits for this function; else it is kept warm. */
  #release(environment: ExecutionEnvironment): void {
    const at = this.#waiters.findIndex(({ config }) => config === environment.config);
    const [next] = at < 0 ? [] : this.#waiters.splice(at, 1);
    if (next) next.take(environment);
    else this.#keep(environment);
  }

  #keep(environment: ExecutionEnvironment): void {
    this.#idle.push(environment);
    while (this.#idle.length > this.#limits.idle) this.#dropOne();
  }

  /** The oldest of a function that has another one idle, so that after a burst of one function the others are still warm. */
  #dropOne(): void {
    const spare = this.#idle.findIndex(({ config }, at) =>
      this.#idle.some((other, otherAt) => otherAt > at && other.config === config),
    );
    this.#idle.splice(Math.max(0, spare), 1)[0]?.kill();
  }

  #reap(): void {
    const before = Date.now() - this.#limits.idleMs;
    while (this.#idle[0] && (this.#idle[0].idleSinceMs < before || !this.#idle[0].alive)) this.#idle.shift()?.kill();
  }

  /** Kills the process that holds the access key, if one does. */
  crash(accessKeyId: string): void {
    for (const environment of this.#busy) if (environment.accessKeyId === accessKeyId) environment.kill();
  }

  /** Kills every process at once; invocations under way end as crashes. */
  kill(): void {
    this.#closed = true;
    clearInterval(this.#reaper);
    for (const environment of [...this.#idle.splice(0), ...this.#busy]) environment.kill();
  }
}
