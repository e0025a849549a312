import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ReadStatisticsEnv } from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';

export interface StatisticsFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
}

/** The function behind `/statistics`. */
export class StatisticsFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, { config, stores }: StatisticsFunctionsProps) {
    super(scope, id);
    const fn = new OratioFunction(this, 'ReadStatistics', {
      config,
      name: 'read-statistics',
      schema: ReadStatisticsEnv,
      timeout: HTTP_TIMEOUT,
    });
    stores.agents.grant(fn, 'GetItem');
    stores.statistics.grant(fn, 'Query');
    stores.statistics.grantQueryOf(fn, 'day-index');
    this.api = [fn];
  }
}
