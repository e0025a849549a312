import { dynamoAgentStore } from '../../../shared/agents/agents-dynamodb.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { systemClock as clock } from '../../../shared/kernel/real-dependencies.ts';
import * as read from '../../../shared/statistics/read-statistics.ts';
import { dynamoStatisticsStore } from '../../../shared/statistics/statistics-dynamodb.ts';
import { STATISTICS_OPERATIONS } from '../../../shared/statistics/statistics-operations.ts';

const env = parseEnv(read.ReadStatisticsEnv);
const deps = { agents: dynamoAgentStore(env), statistics: dynamoStatisticsStore(env), clock };
const [getStatistics, getAgentStatistics] = [read.getStatistics(deps), read.getAgentStatistics(deps)];
const listAgentStatistics = read.listAgentStatistics(deps);
export const handler = httpLambda(STATISTICS_OPERATIONS)({ getStatistics, getAgentStatistics, listAgentStatistics });
