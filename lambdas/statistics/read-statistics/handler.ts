import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import * as read from '../../../shared/statistics/read-statistics.ts';
import { statisticsDependencies } from '../../../shared/statistics/statistics-dependencies.ts';
import { STATISTICS_OPERATIONS } from '../../../shared/statistics/statistics-operations.ts';

const deps = statisticsDependencies(parseEnv(read.ReadStatisticsEnv));
const [getStatistics, getAgentStatistics] = [read.getStatistics(deps), read.getAgentStatistics(deps)];
const listAgentStatistics = read.listAgentStatistics(deps);
export const handler = httpLambda(STATISTICS_OPERATIONS)({ getStatistics, getAgentStatistics, listAgentStatistics });
