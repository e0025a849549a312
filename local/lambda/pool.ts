import { AwsError, type CloudContext, type FunctionResult } from '../core/service.ts';
import { ExecutionEnvironment } from './environment.ts';
import type { FunctionConfig } from './function-config.ts';

export interface PoolLimits {
  /** Processes at work at the same time; further invocations wait their turn. */
  readonly busy: number;
  /** Processes kept warm, over all functions. */
  readonly idle: number;
  /** How long a process is kept warm, in milliseconds. */
  readonly idleMs: number;
}

/** A small machine's share: many functions take part in one run, few of them at the same moment. */
export const DEFAULT_LIMITS: PoolLimits = { busy: 32, idle: 12, idleMs: 120_000 };

type Context = Pick<CloudContext, 'region' | 'endpointUrl' | 'credentialsOfRole' | 'clock'> & {
  readonly logDir: string;
};

/** Execution environments of all functions: started when needed, reused warm, reaped when idle. */
export class EnvironmentPool {
  readonly #context: Context;
  readonly #limits: PoolLimits;
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #busy = new Set<ExecutionEnvironment>();
  readonly #waiting: (() => void)[] = [];
  readonly #reaper: NodeJS.Timeout;
  #running = 0;
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
      const environment = this.#takeIdle(config) ?? (await this.#start(config));
      this.#busy.add(environment);
      const result = await environment.invoke(event, this.#context.clock.now());
      this.#busy.delete(environment);
      if (environment.alive && !this.#closed) this.#keep(environment);
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

  async #start(config: FunctionConfig): Promise<ExecutionEnvironment> {
    const { credentialsOfRole, region, endpointUrl, logDir } = this.#context;
    const credentials = await credentialsOfRole(config.roleArn, config.name);
    if (this.#closed) throw new AwsError('ServiceException', 'The embedded Lambda is closed.', 500);
    return new ExecutionEnvironment({ config, credentials, region, endpointUrl: endpointUrl(), logDir });
  }

  #keep(environment: ExecutionEnvironment): void {
    this.#idle.push(environment);
    while (this.#idle.length > this.#limits.idle) this.#idle.shift()?.kill();
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
