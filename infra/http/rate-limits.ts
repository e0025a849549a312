import { Construct } from 'constructs';
import { RateLimitEnv } from '../../shared/http/rate-limit.ts';
import type { StageConfig } from '../config.ts';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import { stringKey, Table } from '../kernel/table.ts';
import { routes } from './routes.ts';

/** Buckets of users and API keys, and the functions that take from them: those with an operation that changes something. */
export class RateLimitBuckets extends Construct {
  readonly #table: Table;
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    this.#config = config;
    this.#table = new Table(this, 'Buckets', {
      config,
      name: 'rate-limits',
      variable: 'RATE_LIMITS_TABLE',
      partitionKey: stringKey('bucketKey'),
      timeToLiveAttribute: 'expiresAt',
    });
  }

  /** Limits what users and programs may do with these functions. */
  limit(functions: readonly OratioFunction[]): void {
    const changing = new Set(
      routes()
        .filter(({ method, guard }) => method !== 'GET' && guard !== 'open')
        .map(({ functionName }) => functionName),
    );
    for (const fn of functions.filter(({ name }) => changing.has(name))) {
      fn.widen(RateLimitEnv);
      this.#table.grant(fn, 'UpdateItem');
      fn.provide('RATE_LIMITS', JSON.stringify(this.#config.rateLimits));
    }
  }
}
